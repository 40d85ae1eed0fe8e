//! Patterns as Go reads them, for the engine that is used here.

use regex::Regex;

/// The pattern of `text`. Both engines have the same syntax but for this: to Go, a brace that begins no repetition is a
/// brace, and in a class a bracket is a bracket.
pub(super) fn compile(text: &str) -> Result<Regex, regex::Error> {
    let mut pattern = String::with_capacity(text.len());
    let (mut rest, mut in_class) = (text, false);
    while let Some(c) = rest.chars().next() {
        let behind = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let escaped = behind.chars().next().map_or(0, char::len_utf8);
                // A property or a code in braces belongs to the escape.
                let braces = if behind[escaped..].starts_with('{') && behind.starts_with(['p', 'P', 'x']) {
                    behind[escaped..].find('}').map_or(0, |end| end + 1)
                } else {
                    0
                };
                pattern.push_str(&rest[..1 + escaped + braces]);
                rest = &behind[escaped + braces..];
                continue;
            }
            '[' if in_class && !behind.starts_with(':') => pattern.push('\\'),
            '[' if !in_class => {
                in_class = true;
                let start = usize::from(behind.starts_with('^'));
                pattern.push_str(&rest[..=start]);
                rest = &behind[start..];
                // A bracket right at the start is one of the class.
                if let Some(more) = rest.strip_prefix(']') {
                    pattern.push_str("\\]");
                    rest = more;
                }
                continue;
            }
            ']' if in_class && !pattern.ends_with(':') => in_class = false,
            '&' | '~' if in_class => pattern.push('\\'),
            '{' if !in_class && !is_repetition(behind) => pattern.push('\\'),
            _ => {}
        }
        pattern.push(c);
        rest = behind;
    }
    Regex::new(&pattern)
}

/// `3}`, `3,}` or `3,5}`
fn is_repetition(text: &str) -> bool {
    let Some((inside, _)) = text.split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    !least.is_empty() && least.chars().chain(most.chars()).all(|c| c.is_ascii_digit())
}
