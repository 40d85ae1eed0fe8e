//! New YAML text: quotes wherever any reader, of YAML 1.1 or 1.2, could take a text for something else.

use std::fmt::Write;

use super::scalar::is_plain_string;
use super::value::Value;

/// Words that some reader takes for a boolean, null or a number, in lower case.
const WORDS: [&str; 15] = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".nan", ".inf", "+.inf", "-.inf", "<<",
];

/// How the text around a new value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines with indentation.
    Block,
    /// Braces and brackets.
    Flow,
    /// Braces and brackets with every text in double quotes.
    Json,
}

/// `text` as a scalar on one line, plain where that is safe in block and flow alike, else in double quotes.
///
/// ```
/// use flux_forge::yaml::write::scalar;
/// assert_eq!(scalar("podinfo"), "podinfo");
/// assert_eq!(scalar("yes"), r#""yes""#);
/// assert_eq!(scalar("a: b"), r#""a: b""#);
/// ```
pub fn scalar(text: &str) -> String {
    if is_safe_plain(text) { text.to_owned() } else { quoted(text) }
}

/// `text` in double quotes, with the escapes that JSON and YAML share.
pub fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            _ if is_printable(character) => result.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(result, "\\u{unit:04x}");
                }
            }
        }
    }
    result.push('"');
    result
}

/// `text` in single quotes where that can hold it, else in double quotes.
pub fn single_quoted(text: &str) -> String {
    let holds = text.chars().all(|character| is_printable(character) && character != '\n');
    if holds { format!("'{}'", text.replace('\'', "''")) } else { quoted(text) }
}

/// `value` as it stands behind a colon or dash: ` text` on the same line, or lines indented by `indent` spaces.
pub fn value(value: &Value, style: Style, indent: usize, line_break: &str) -> String {
    match (value, style) {
        (Value::Mapping(entries), Style::Block) if !entries.is_empty() => {
            let lines = entries.iter().map(|(key, value)| entry(key, value, style, indent, line_break));
            join_lines(lines, indent, line_break)
        }
        (Value::Sequence(items), Style::Block) if !items.is_empty() => {
            let lines = items.iter().map(|item| self::item(item, indent, line_break));
            join_lines(lines, indent, line_break)
        }
        (Value::String(text), Style::Block) if text.contains('\n') => {
            format!(" {}", literal(text, indent, line_break).unwrap_or_else(|| quoted(text)))
        }
        _ => format!(" {}", inline(value, style)),
    }
}

/// `key: value` without indentation before the key; further lines are indented below `column`.
pub fn entry(key: &str, value: &Value, style: Style, column: usize, line_break: &str) -> String {
    let key = if style == Style::Json { quoted(key) } else { scalar(key) };
    let below = match value {
        // Sequences stand at the column of their key, as `kubectl` and `flux` write them, but for mappings in them.
        Value::Sequence(_) | Value::Mapping(_) | Value::String(_) => column + 2,
        _ => column,
    };
    format!("{key}:{}", self::value(value, style, below, line_break))
}

/// `- value` without indentation before the dash, which stands at `column`.
pub fn item(value: &Value, column: usize, line_break: &str) -> String {
    match value {
        Value::Mapping(entries) if !entries.is_empty() => {
            let lines: Vec<_> = entries
                .iter()
                .map(|(key, value)| entry(key, value, Style::Block, column + 2, line_break))
                .collect();
            let joint = format!("{line_break}{}", " ".repeat(column + 2));
            format!("- {}", lines.join(&joint))
        }
        _ => format!("-{}", self::value(value, Style::Block, column + 2, line_break)),
    }
}

/// `value` on one line.
pub fn inline(value: &Value, style: Style) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::String(text) if style == Style::Json => quoted(text),
        Value::String(text) => scalar(text),
        Value::Mapping(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| {
                    let key = if style == Style::Json { quoted(key) } else { scalar(key) };
                    format!("{key}: {}", inline(value, style))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| inline(item, style)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn join_lines(lines: impl Iterator<Item = String>, indent: usize, line_break: &str) -> String {
    let indent = " ".repeat(indent);
    lines.flat_map(|line| [line_break.to_owned(), indent.clone(), line]).collect()
}

/// A `|` block at `indent`; `None` where a block cannot hold the text.
fn literal(text: &str, indent: usize, line_break: &str) -> Option<String> {
    let holds =
        text.chars().all(|character| character == '\n' || character == '\t' || is_printable(character))
            && !text.starts_with([' ', '\n', '\t'])
            && text.lines().all(|line| !line.ends_with([' ', '\t']) || line.trim().is_empty());
    if !holds {
        return None;
    }
    let body = text.trim_end_matches('\n');
    let chomping = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => return None,
    };
    let lines = body.split('\n').map(|line| {
        if line.is_empty() {
            line_break.to_owned()
        } else {
            format!("{line_break}{}{line}", " ".repeat(indent))
        }
    });
    Some(format!("|{chomping}{}", lines.collect::<String>()))
}

/// What YAML 1.2 calls printable, less what some reader takes for a line break or a byte order mark.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn is_safe_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let starts_well =
        first.is_alphanumeric() || matches!(first, '/' | '_' | '$' | '(' | '.' | '^' | '+' | '<');
    let holds = |character: char| {
        is_printable(character)
            && !matches!(character, ',' | '[' | ']' | '{' | '}' | '"' | '\'' | '#' | '\\' | '\t')
    };
    starts_well
        && text.chars().all(holds)
        && !text.ends_with([':', ' '])
        && !text.contains(": ")
        && !text.contains(":?")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        && is_plain_string(text)
        && !looks_numeric(text)
}

/// Whether some reader could take `text` for a number, a time of day or a date: it begins like one and holds only
/// characters of such.
fn looks_numeric(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.')) {
        return false;
    }
    let dotted = text.matches('.').count() >= 2 && !text.contains([':', '_', ',']);
    !dotted
        && text.chars().all(|character| {
            character.is_ascii_hexdigit()
                || matches!(character, '+' | '-' | '.' | '_' | ':' | ',' | ' ' | 'x' | 'X' | 'o' | 'O')
                || matches!(character, 't' | 'T' | 'z' | 'Z' | 'i' | 'I' | 'n' | 'N')
        })
}
