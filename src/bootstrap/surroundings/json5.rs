//! JSON5 as something that can be read as YAML: as many bytes, with blanks in place of comments.
//!
//! Source: the JSON5 specification, sections 5 to 7. Keys without quotes and commas at the end are YAML too; strings are
//! put into YAML's form, which is never longer.

/// `text` as YAML: every line and the start of every string stay where they are.
pub(super) fn as_yaml(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut yaml = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest {
            [b'"' | b'\'', ..] => string(rest, &mut yaml),
            [b'/', b'/', ..] => blank(rest, memchr::memchr(b'\n', rest), &mut yaml),
            [b'/', b'*', ..] => blank(rest, memchr::memmem::find(rest, b"*/").map(|end| end + 2), &mut yaml),
            [b'\t', ..] => blank(rest, Some(1), &mut yaml),
            [byte, ..] => {
                yaml.push(*byte);
                1
            }
            [] => break,
        };
        at += length;
    }
    String::from_utf8(yaml).unwrap_or_else(|_| text.to_owned())
}

/// Blanks as many bytes, all where that is not known; line breaks stay.
fn blank(rest: &[u8], length: Option<usize>, yaml: &mut Vec<u8>) -> usize {
    let length = length.unwrap_or(rest.len());
    yaml.extend(rest[..length].iter().map(|&byte| if byte == b'\n' { b'\n' } else { b' ' }));
    length
}

/// A string with its quotes. JSON5 lets a backslash stand before any character; what that saves comes behind as blanks.
fn string(rest: &[u8], yaml: &mut Vec<u8>) -> usize {
    let quote = rest[0];
    yaml.push(quote);
    let (mut at, mut saved) = (1, 0);
    while let Some(&byte) = rest.get(at) {
        at += 1;
        let Some(&next) = rest.get(at).filter(|_| byte == b'\\') else {
            yaml.push(byte);
            if byte == quote || byte == b'\n' {
                break;
            }
            continue;
        };
        at += 1;
        let is_known = quote == b'"' && b"\"\\/bfnrtv0xu\n".contains(&next);
        // In single quotes YAML knows no escape but the quote itself, twice.
        let is_kept = is_known || quote == b'\'' && next.is_ascii_alphanumeric();
        match next {
            b'\'' if quote == b'\'' => yaml.extend([next, next]),
            _ if is_kept => yaml.extend([byte, next]),
            _ => {
                yaml.push(next);
                saved += 1;
            }
        }
    }
    yaml.extend(std::iter::repeat_n(b' ', saved));
    at
}
