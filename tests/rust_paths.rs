//! Finds the paths in Rust source that lead through the crate: in `use` items, nested braces included, and inline.
//!
//! Comments, strings and attributes' text do not count. Macros that build paths are not followed.

use std::iter::Peekable;
use std::str::Chars;

/// A path that starts at `crate`, `flux_forge`, `self` or `super`.
#[derive(Debug, PartialEq)]
pub(crate) struct Use {
    /// Where it stands, counted from 1.
    pub(crate) line: usize,
    /// Its parts, the start included; `*` for a glob.
    pub(crate) segments: Vec<String>,
}

/// All such paths of `source`, in order.
pub(crate) fn uses(source: &str) -> Vec<Use> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let starts = matches!(tokens[at].text.as_str(), "crate" | "flux_forge" | "self" | "super")
            && text(&tokens, at + 1) == "::"
            && (at == 0 || text(&tokens, at - 1) != "::");
        if starts {
            expand(&tokens, &mut at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

struct Token {
    line: usize,
    text: String,
}

fn text(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.text.as_str())
}

/// Reads one path at `at` behind `prefix`, each branch of its braces as a path of its own.
fn expand(tokens: &[Token], at: &mut usize, prefix: &[String], found: &mut Vec<Use>) {
    let mut segments = prefix.to_vec();
    let mut line = tokens[*at].line;
    loop {
        if text(tokens, *at) == "{" {
            return expand_braces(tokens, at, &segments, found);
        }
        let part = text(tokens, *at);
        if part == "*" || part.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            segments.push(part.to_owned());
            line = tokens[*at].line;
            *at += 1;
        }
        if text(tokens, *at) != "::" {
            return found.push(Use { line, segments });
        }
        *at += 1;
        let goes_on = text(tokens, *at).starts_with(|c: char| c.is_alphabetic() || "_*{".contains(c));
        if !goes_on {
            return found.push(Use { line, segments });
        }
    }
}

fn expand_braces(tokens: &[Token], at: &mut usize, prefix: &[String], found: &mut Vec<Use>) {
    *at += 1;
    while !matches!(text(tokens, *at), "}" | "") {
        match text(tokens, *at) {
            "," => *at += 1,
            "as" => *at += 2,
            _ => {
                let before = *at;
                expand(tokens, at, prefix, found);
                *at = (*at).max(before + 1);
            }
        }
    }
    *at += 1;
}

/// Words, `::` and single signs; text, comments and lifetimes left out.
fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        let text = match c {
            '\n' => {
                line += 1;
                continue;
            }
            '/' if rest.next_if_eq(&'/').is_some() => {
                while rest.next_if(|&c| c != '\n').is_some() {}
                continue;
            }
            '/' if rest.next_if_eq(&'*').is_some() => {
                line += skip_block_comment(&mut rest);
                continue;
            }
            '"' => {
                line += skip_string(&mut rest);
                continue;
            }
            '\'' => {
                skip_character(&mut rest);
                continue;
            }
            ':' if rest.next_if_eq(&':').is_some() => "::".to_owned(),
            c if c.is_alphanumeric() || c == '_' => {
                let mut word = String::from(c);
                while let Some(c) = rest.next_if(|&c| c.is_alphanumeric() || c == '_') {
                    word.push(c);
                }
                if matches!(word.as_str(), "r" | "br" | "cr")
                    && let Some(lines) = skip_raw_string(&mut rest)
                {
                    line += lines;
                    continue;
                }
                word
            }
            c if c.is_whitespace() => continue,
            c => c.to_string(),
        };
        tokens.push(Token { line, text });
    }
    tokens
}

/// Skips to the end of a comment that is open; returns the line breaks in it.
fn skip_block_comment(rest: &mut Peekable<Chars<'_>>) -> usize {
    let (mut lines, mut open) = (0, 1);
    while open > 0
        && let Some(c) = rest.next()
    {
        match c {
            '\n' => lines += 1,
            '/' if rest.next_if_eq(&'*').is_some() => open += 1,
            '*' if rest.next_if_eq(&'/').is_some() => open -= 1,
            _ => {}
        }
    }
    lines
}

/// Skips to the end of a string that is open; returns the line breaks in it.
fn skip_string(rest: &mut Peekable<Chars<'_>>) -> usize {
    let mut lines = 0;
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\n' => lines += 1,
            '\\' => lines += usize::from(rest.next() == Some('\n')),
            _ => {}
        }
    }
    lines
}

/// Skips a raw string whose prefix was read, if one follows; returns the line breaks in it.
fn skip_raw_string(rest: &mut Peekable<Chars<'_>>) -> Option<usize> {
    let mut ahead = rest.clone();
    let mut hashes = 0;
    while ahead.next_if_eq(&'#').is_some() {
        hashes += 1;
    }
    ahead.next_if_eq(&'"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let body: String = ahead.collect();
    let length = body.find(&end)?;
    let skipped = hashes + 1 + body[..length].chars().count() + end.len();
    rest.nth(skipped - 1);
    Some(body[..length].matches('\n').count())
}

/// Skips a character behind its opening quote; of a lifetime there is nothing to skip.
fn skip_character(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    let first = ahead.next();
    if first == Some('\\') {
        ahead.next();
        while ahead.next().is_some_and(|c| c != '\'') {}
        *rest = ahead;
    } else if ahead.next() == Some('\'') {
        *rest = ahead;
    }
}

#[track_caller]
fn assert_uses(source: &str, expected: &[(usize, &str)]) {
    let found: Vec<(usize, String)> =
        uses(source).into_iter().map(|found| (found.line, found.segments.join("::"))).collect();
    let found: Vec<(usize, &str)> = found.iter().map(|(line, path)| (*line, path.as_str())).collect();
    assert_eq!(found, expected);
}

#[test]
fn use_items_and_inline_paths_are_found() {
    assert_uses("use crate::a::B;\nfn f() -> crate::c::D {}", &[(1, "crate::a::B"), (2, "crate::c::D")]);
    assert_uses("x::<crate::a::B>()", &[(1, "crate::a::B")]);
    assert_uses("crate::a::f::<u8>()", &[(1, "crate::a::f")]);
    assert_uses("use flux_forge::cli;", &[(1, "flux_forge::cli")]);
    assert_uses("pub(crate) fn f(self) {} other::crate_x::y();", &[]);
}

#[test]
fn braces_are_expanded() {
    assert_uses(
        "use crate::{\n  a::{self, B as C},\n  d,\n  e::*,\n};\nuse super::{super::f};",
        &[
            (2, "crate::a::self"),
            (2, "crate::a::B"),
            (3, "crate::d"),
            (4, "crate::e::*"),
            (6, "super::super::f"),
        ],
    );
}

#[test]
fn comments_strings_and_characters_do_not_count() {
    assert_uses("// crate::a\n/* crate::b /* \n */ crate::c */ crate::d::e", &[(3, "crate::d::e")]);
    assert_uses("\"crate::a \\\" \n crate::b\" crate::c", &[(2, "crate::c")]);
    assert_uses("r#\"crate::a \" \n crate::b\"# crate::c", &[(2, "crate::c")]);
    assert_uses("let q = '\"'; let e = '\\''; fn f<'a>() { crate::c() }", &[(1, "crate::c")]);
}
