//! Positions in a text: lines, columns, and what may stand between two tokens.

/// Skips spaces, tabs and line breaks from `at`.
pub(super) fn skip_blank(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + (rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len())
}

/// Skips blanks, line breaks and comments from `at`.
pub(super) fn skip_trivia(text: &str, at: usize) -> usize {
    let mut at = skip_blank(text, at);
    while text[at..].starts_with('#') {
        at = skip_blank(text, line_end(text, at));
    }
    at
}

/// The text without blanks and line breaks at its end.
pub(super) fn trim_end(text: &str) -> &str {
    text.trim_end_matches([' ', '\t', '\r', '\n'])
}

/// Where the line of `at` starts; a byte order mark is no part of it.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    match text[..at].rfind('\n') {
        Some(line_break) => line_break + 1,
        None if text.starts_with('\u{feff}') => '\u{feff}'.len_utf8(),
        None => 0,
    }
}

/// Where the line of `at` ends, before its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |line_break| at + line_break);
    if end > at && text[..end].ends_with('\r') { end - 1 } else { end }
}

/// The start of the line after that of `at`, or the end of the text.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |line_break| at + line_break + 1)
}

/// Characters between the start of the line and `at`.
pub(super) fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}

/// Whether nothing but blanks stands before `at` on its line.
pub(super) fn first_on_line(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// The line break that the text uses, by its first one.
pub(super) fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
