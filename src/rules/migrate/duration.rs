//! Durations as Go writes them, brought into the form that a schema takes.

/// What can be said of a duration that a schema refuses.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rewritten {
    /// The same length of time, as the schema takes it.
    Same(String),
    /// A person has to write it anew, for this reason.
    Human(&'static str),
}

const UNREADABLE: Rewritten = Rewritten::Human("it is no length of time such as `5m` or `1m30s`");

/// `written` for a field that takes `m`, `s` and `ms`, and `h` where it `takes_hours`.
///
/// Source: the patterns of the CRDs of fluxcd/source-controller, image-reflector-controller and
/// notification-controller; Go's `time.ParseDuration`.
pub(super) fn rewrite(written: &str, takes_hours: bool) -> Rewritten {
    if written.starts_with(['-', '+']) {
        return Rewritten::Human("a length of time has no sign");
    }
    let Some(parts) = parts(written) else { return UNREADABLE };
    if parts.iter().any(|(_, unit)| matches!(*unit, "ns" | "us" | "µs" | "μs")) {
        return Rewritten::Human("the smallest unit is `ms`");
    }
    match parts.split_first() {
        Some(((hours, "h"), rest)) if !takes_hours => in_minutes(hours, rest),
        _ => UNREADABLE,
    }
}

fn in_minutes(hours: &str, rest: &[(&str, &str)]) -> Rewritten {
    let (minutes, rest) = match rest.split_first() {
        Some(((minutes, "m"), rest)) => (*minutes, rest),
        _ => ("0", rest),
    };
    let known = |(_, unit): &(&str, &str)| matches!(*unit, "m" | "s" | "ms");
    match sum(hours, minutes) {
        Some(minutes) if rest.iter().all(known) => {
            let rest: String = rest.iter().flat_map(|(number, unit)| [*number, *unit]).collect();
            Rewritten::Same(format!("{minutes}m{rest}"))
        }
        _ => UNREADABLE,
    }
}

/// Numbers and their units in the order written.
fn parts(mut text: &str) -> Option<Vec<(&str, &str)>> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let unit = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, rest) = text.split_at(unit);
        let end = rest.find(|letter: char| letter.is_ascii_digit() || letter == '.').unwrap_or(rest.len());
        let (unit, rest) = rest.split_at(end);
        let is_number = number.split('.').count() <= 2 && number.split('.').all(|part| !part.is_empty());
        if !is_number || !matches!(unit, "h" | "m" | "s" | "ms" | "us" | "µs" | "μs" | "ns") {
            return None;
        }
        parts.push((number, unit));
        text = rest;
    }
    Some(parts).filter(|parts| !parts.is_empty())
}

/// 60 times `hours` and `minutes`, decimals that are computed exactly.
fn sum(hours: &str, minutes: &str) -> Option<String> {
    let scale = [hours, minutes].iter().map(|text| fraction(text).len()).max()?;
    let scaled = |text: &str| -> Option<u64> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        format!("{whole}{fraction:0<scale$}").parse().ok()
    };
    let total = scaled(hours)?.checked_mul(60)?.checked_add(scaled(minutes)?)?;
    let one = 10u64.checked_pow(u32::try_from(scale).ok()?)?;
    let (whole, left) = (total / one, total % one);
    if left == 0 {
        return Some(whole.to_string());
    }
    let decimals = format!("{left:0>scale$}");
    Some(format!("{whole}.{}", decimals.trim_end_matches('0')))
}

fn fraction(text: &str) -> &str {
    text.split_once('.').map_or("", |(_, fraction)| fraction)
}
