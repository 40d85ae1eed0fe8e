//! YAML as kustomize reads and writes objects, where that is not what Kubernetes makes of it.
//!
//! Kustomize reads objects with go.yaml.in/yaml/v3, to which `yes` is a text and a date a point in time, and prints them
//! by way of JSON, to which 1.0 is 1. On that way folded scalars go through the emitter of go-yaml, which looks at the
//! wrong character to tell whether a line is indented (`yaml_emitter_write_folded_scalar` in emitterc.go).
//! Kustomizations and JSON patches it reads as Kubernetes does.

use serde_json::{Map, Number, Value};

use crate::yaml::{self, Document, Node, NodeKind, Problem, Scalar, ScalarStyle};

/// The object in a document.
pub(super) fn value(document: &Document<'_>) -> Result<Option<Value>, Problem> {
    let mut value = document.to_json_with(&other)?;
    if let Some(value) = &mut value {
        keep_annotations(document, value);
    }
    Ok(value)
}

/// What a scalar is, where Kubernetes takes it for something else.
fn other(node: &Node<'_>) -> Option<Value> {
    let NodeKind::Scalar { text, style } = &node.kind else { return None };
    match (style, node.tag(), node.scalar()?) {
        (ScalarStyle::Plain, None, Scalar::Bool(_)) if !is_bool(text) => {
            Some(Value::String(text.to_string()))
        }
        (ScalarStyle::Plain, None, Scalar::String(text)) => time(&text).map(Value::String),
        (_, _, Scalar::Float(number)) => whole(number).map(Value::Number),
        (ScalarStyle::Folded, None, Scalar::String(text)) => refold(&text).map(Value::String),
        _ => None,
    }
}

fn is_bool(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// Annotations stay the text that they are written with.
fn keep_annotations(document: &Document<'_>, value: &mut Value) {
    let written =
        document.node().and_then(|root| root.get("metadata")).and_then(|meta| meta.get("annotations"));
    let read = value.get_mut("metadata").and_then(|meta| meta.get_mut("annotations"));
    let (Some(written), Some(Value::Object(read))) = (written, read) else { return };
    for entry in written.entries() {
        if let (Some(key), NodeKind::Scalar { text, style: ScalarStyle::Plain }) =
            (entry.key_text(), &entry.value.kind)
            && let Some(value) = read.get_mut(key)
            && !value.is_null()
        {
            *value = Value::String(text.to_string());
        }
    }
}

/// A number without a fraction as a whole one.
fn whole(number: f64) -> Option<Number> {
    // Far from where floats get coarser than whole numbers.
    #[expect(clippy::cast_possible_truncation, reason = "it is small and has no fraction")]
    (number.fract() == 0.0 && number.abs() < 9e15).then(|| Number::from(number as i64))
}

/// Makes numbers without a fraction whole ones.
pub(super) fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().and_then(whole) {
                *number = whole;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(map) => Map::values_mut(map).for_each(whole_numbers),
        _ => {}
    }
}

/// A point in time as Go prints it, where `text` is one that go-yaml knows: a date, with or without a time.
fn time(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(text.find(['T', 't', ' ']).unwrap_or(text.len()))?;
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    let number =
        |text: &str, lengths: std::ops::RangeInclusive<usize>, range: std::ops::RangeInclusive<u32>| {
            let is_number = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| text.parse::<u32>().ok())?.filter(|number| range.contains(number))
        };
    let (year, month) = (number(year, 4..=4, 0..=9999)?, number(month, 1..=2, 1..=12)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let day = number(day, 1..=2, 1..=days)?;
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    // With a space between them there is no zone, otherwise there has to be one.
    let (clock, zone) = if let Some(clock) = rest.strip_prefix(' ') {
        (clock, "Z")
    } else {
        let rest = &rest[1..];
        rest.split_at_checked(rest.find(['Z', '+', '-'])?)?
    };
    if zone != "Z" {
        let (hours, minutes) = zone[1..].split_once(':')?;
        number(hours, 2..=2, 0..=24)?;
        number(minutes, 2..=2, 0..=60)?;
    }
    let zone = if matches!(zone, "+00:00" | "-00:00") { "Z" } else { zone };
    let (clock, fraction) = clock.split_once('.').map_or((clock, ""), |(clock, fraction)| (clock, fraction));
    if clock.len() < text.len() && !fraction.bytes().all(|byte| byte.is_ascii_digit()) || fraction.len() > 9 {
        return None;
    }
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts[..] else { return None };
    let (hour, minute) = (number(hour, 1..=2, 0..=23)?, number(minute, 1..=2, 0..=59)?);
    let second = number(second, 1..=2, 0..=59)?;
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{dot}{fraction}{zone}"))
}

/// A folded text after it was printed and read again; `None` where it stays the same.
fn refold(text: &str) -> Option<String> {
    let is_plain = |c: char| c == '\n' || c == '\t' || !c.is_control();
    let body = text.trim_end_matches('\n');
    if !body.contains('\n') || body.ends_with(' ') || text.contains(" \n") || !text.chars().all(is_plain) {
        return None;
    }
    let mut written = String::from("a: >");
    if text.starts_with([' ', '\n']) {
        written.push('2');
    }
    match text.len() - body.len() {
        0 => written.push('-'),
        1 => {}
        _ => written.push('+'),
    }
    written.push('\n');
    // The mistake: it is the start of the text that decides, not what follows the break.
    let opens_blank = text.trim_start_matches('\n').starts_with([' ', '\t']);
    let (mut breaks, mut is_indented) = (true, true);
    for c in text.chars() {
        if c == '\n' {
            if !breaks && !is_indented && !opens_blank {
                written.push('\n');
            }
            written.push('\n');
            breaks = true;
            continue;
        }
        if breaks {
            written.push_str("  ");
            is_indented = matches!(c, ' ' | '\t');
        }
        written.push(c);
        breaks = false;
    }
    let stream = yaml::parse(&written);
    let read = stream.documents.first()?.node()?.get("a")?.as_str()?.to_owned();
    (read != text).then_some(read)
}
