//! Different spellings of one path, duration or address.

/// Whether two values of `spec.path` are the same folder: `./x`, `x`, `x/` and `/x` are.
pub fn same_path(one: &str, other: &str) -> bool {
    folder(one) == folder(other)
}

/// The folder that a `spec.path` means, from the root of the source; empty for the root.
pub(in crate::bootstrap) fn folder(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Whether two durations in Go's notation last as long: `1m0s` and `60s` do.
pub fn same_duration(one: &str, other: &str) -> bool {
    one == other || nanoseconds(one).is_some_and(|length| nanoseconds(other) == Some(length))
}

/// Source: Go's `time.ParseDuration`, less signs and units that Flux does not take.
fn nanoseconds(text: &str) -> Option<u128> {
    const UNITS: [(&str, u128); 4] =
        [("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000)];
    let mut rest = text;
    let mut sum = 0u128;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, behind) = rest.split_at(end);
        let (unit, length) = UNITS.iter().find(|(unit, _)| behind.starts_with(unit))?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        sum = sum.checked_add(whole.parse::<u128>().ok()?.checked_mul(*length)?)?;
        if !fraction.is_empty() {
            let digits: u128 = fraction.get(..fraction.len().min(12))?.parse().ok()?;
            let scale = 10u128.pow(u32::try_from(fraction.len().min(12)).ok()?);
            sum = sum.checked_add(digits.checked_mul(*length)? / scale)?;
        }
        rest = &behind[unit.len()..];
    }
    (!text.is_empty()).then_some(sum)
}

/// The address with a scheme: `git@host:org/repository` becomes `ssh://git@host/org/repository`.
///
/// Source: fluxcd/source-controller `api/v1/gitrepository_types.go`: the pattern of `url`.
pub(in crate::bootstrap) fn with_scheme(url: &str) -> String {
    if url.contains("://") {
        return url.to_owned();
    }
    match url.split_once(':') {
        Some((host, path)) if host.contains('@') && !host.contains('/') => {
            format!("ssh://{host}/{}", path.trim_start_matches('/'))
        }
        _ => url.to_owned(),
    }
}
