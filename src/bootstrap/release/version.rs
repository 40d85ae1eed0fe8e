//! The version of a release, patch included.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Kind};
use crate::flux::FluxVersion;

/// The version of a Flux release that is no pre-release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The `2` of `v2.9.4`.
    pub major: u16,
    /// The `9` of `v2.9.4`.
    pub minor: u16,
    /// The `4` of `v2.9.4`.
    pub patch: u16,
}

impl Version {
    /// The release `vmajor.minor.patch`.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Major and minor, which API versions depend on.
    pub const fn flux(self) -> FluxVersion {
        FluxVersion::new(self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = Error;

    /// Reads `v2.9.4` and `2.9.4`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits && (part.len() == 1 || !part.starts_with('0')))
        };
        let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.').map(number);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch))) => Ok(Self { major, minor, patch }),
            _ => Err(Error::new(Kind::Input, format!("`{text}` is not the version of a Flux release"))
                .hint("a version has three numbers, e.g. `v2.9.4`")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}.{}", self.major, self.minor, self.patch)
    }
}
