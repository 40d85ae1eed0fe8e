//! Values that say by themselves what they are.

use super::skip::{Skip, heredoc_word};

/// A value without a variable, a function or a template in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bootstrap::surroundings) enum Literal {
    /// A string, or a heredoc.
    Text(String),
    /// `true` or `false`.
    Flag(bool),
    /// A list or set of strings.
    Texts(Vec<String>),
}

/// Reads the text of an expression; `None` where it is more than a literal.
pub(in crate::bootstrap::surroundings) fn literal(text: &str) -> Option<Literal> {
    let text = text.trim();
    match text.as_bytes().first()? {
        b'"' => string(text).map(Literal::Text),
        b'<' => heredoc(text).map(Literal::Text),
        b'[' => list(text).map(Literal::Texts),
        b't' if text.starts_with("toset(") => {
            let inner = text.strip_prefix("toset(")?.strip_suffix(')')?;
            list(inner.trim()).map(Literal::Texts)
        }
        _ => text.parse().ok().map(Literal::Flag),
    }
}

fn string(text: &str) -> Option<String> {
    let mut skip = Skip::new(text);
    skip.string();
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    if skip.at != text.len() || text.len() < 2 {
        return None;
    }
    let mut plain = String::new();
    let mut characters = inner.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.push(match characters.next()? {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                same @ ('"' | '\\') => same,
                _ => return None,
            }),
            '$' | '%' if characters.peek() == Some(&'{') => return None,
            '$' | '%' if characters.peek() == Some(&character) => {
                characters.next();
                plain.push(character);
                // Two of them before anything but a brace are two of them.
                if characters.peek() != Some(&'{') {
                    plain.push(character);
                }
            }
            _ => plain.push(character),
        }
    }
    Some(plain)
}

fn heredoc(text: &str) -> Option<String> {
    let word = heredoc_word(text)?;
    let indented = text.starts_with("<<-");
    let lines: Vec<&str> = text.lines().skip(1).take_while(|line| line.trim() != word).collect();
    let body = lines.join("\n");
    let has_template = |sign: &str| body.replace(&sign.repeat(2), "").contains(&format!("{sign}{{"));
    if has_template("$") || has_template("%") {
        return None;
    }
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min();
    let cut = if indented { least.unwrap_or_default() } else { 0 };
    Some(lines.iter().map(|line| format!("{}\n", line.get(cut..).unwrap_or_default())).collect())
}

fn list(text: &str) -> Option<Vec<String>> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut skip = Skip::new(inner);
    let mut texts = Vec::new();
    loop {
        skip.blank(true);
        let start = skip.at;
        match skip.peek() {
            None => return Some(texts),
            Some(b',') => skip.at += 1,
            Some(b'"') => {
                skip.string();
                texts.push(string(inner.get(start..skip.at)?)?);
            }
            Some(_) => return None,
        }
    }
}
