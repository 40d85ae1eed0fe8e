//! The actions of a Go template (`{{ … }}`) and what stands in them.
//!
//! Source: the Go standard library, `text/template/parse/lex.go`.

use std::ops::Range;

/// What stands in one action; nothing in a comment.
pub(super) type Action<'t> = Vec<Token<'t>>;

/// A piece of an action.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) range: Range<usize>,
    pub(super) kind: TokenKind<'t>,
}

/// What a piece is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TokenKind<'t> {
    /// `.`
    Dot,
    /// `.A.B`, by its names.
    Field(Vec<&'t str>),
    /// The same behind a parenthesis, of whose value it is.
    FieldOfGroup,
    /// `$name.A.B`; the name of `$` itself is empty.
    Variable(&'t str, Vec<&'t str>),
    /// A keyword or the name of a function.
    Word(&'t str),
    /// `:=`
    Declare,
    /// `,`
    Comma,
    /// A text, a number, an operator.
    Other,
}

/// The actions of `text` in order; `None` where it is no template.
pub(super) fn actions(text: &str) -> Option<Vec<Action<'_>>> {
    let mut actions = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|start| at + start) {
        let mut lexer = Lexer { text, at: start + 2 };
        actions.push(lexer.inside()?);
        at = lexer.at;
    }
    Some(actions)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    /// Everything up to the closing braces, and these.
    fn inside(&mut self) -> Option<Action<'t>> {
        let mut tokens = Action::new();
        if self.rest().starts_with('-') && self.rest()[1..].starts_with(char::is_whitespace) {
            self.at += 1;
        }
        let trimmed = self.rest().trim_start();
        if trimmed.starts_with("/*") {
            let start = self.text.len() - trimmed.len();
            self.at = start + trimmed.find("*/")? + 2;
        }
        loop {
            self.at = self.text.len() - self.rest().trim_start().len();
            let spaced = self.text[..self.at].ends_with(char::is_whitespace);
            if self.rest().starts_with("}}") {
                self.at += 2;
                return Some(tokens);
            }
            if spaced && self.rest().starts_with("-}}") {
                self.at += 3;
                return Some(tokens);
            }
            let start = self.at;
            let kind = self.token(self.text[..start].ends_with(')'))?;
            tokens.push(Token { range: start..self.at, kind });
        }
    }

    fn token(&mut self, behind_group: bool) -> Option<TokenKind<'t>> {
        let first = self.rest().chars().next()?;
        match first {
            '"' | '\'' => self.quoted(first)?,
            '`' => self.at += self.rest()[1..].find('`')? + 2,
            '.' => {
                let names = self.names();
                if names.is_empty() {
                    self.at += 1;
                    return Some(TokenKind::Dot);
                }
                return Some(if behind_group { TokenKind::FieldOfGroup } else { TokenKind::Field(names) });
            }
            '$' => {
                self.at += 1;
                let name = self.word();
                return Some(TokenKind::Variable(name, self.names()));
            }
            ',' => {
                self.at += 1;
                return Some(TokenKind::Comma);
            }
            ':' if self.rest().starts_with(":=") => {
                self.at += 2;
                return Some(TokenKind::Declare);
            }
            _ if first.is_alphabetic() || first == '_' => return Some(TokenKind::Word(self.word())),
            _ if first.is_ascii_digit() => drop(self.word()),
            '(' | ')' | '|' | '=' | '+' | '-' => self.at += 1,
            _ => return None,
        }
        Some(TokenKind::Other)
    }

    /// Names behind dots.
    fn names(&mut self) -> Vec<&'t str> {
        let mut names = Vec::new();
        while self.rest().strip_prefix('.').is_some_and(starts_name) {
            self.at += 1;
            names.push(self.word());
        }
        names
    }

    fn word(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Steps over a text in quotes, which ends on its line.
    fn quoted(&mut self, quote: char) -> Option<()> {
        let mut is_escaped = true;
        for (offset, character) in self.rest().char_indices() {
            match character {
                '\n' => return None,
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                _ if character == quote => {
                    self.at += offset + 1;
                    return Some(());
                }
                _ => {}
            }
        }
        None
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }
}

fn starts_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}
