//! The version of a Flux distribution, as far as API versions depend on it.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::error::{Error, Kind};

/// A minor release of Flux. API versions come and go with minors only, so patches are not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct FluxVersion {
    /// The `2` of `2.9`.
    pub major: u16,
    /// The `9` of `2.9`.
    pub minor: u16,
}

impl FluxVersion {
    /// The minor release `major.minor`.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl FromStr for FluxVersion {
    type Err = Error;

    /// Reads `2.9`, `v2.9` and, leaving the patch out, `v2.9.5`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.').map(str::parse);
        match (parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor))) => Ok(Self { major, minor }),
            _ => Err(Error::new(Kind::Usage, format!("`{text}` is not a Flux version"))
                .hint("write major and minor, e.g. `2.9`")),
        }
    }
}

impl TryFrom<String> for FluxVersion {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl fmt::Display for FluxVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
