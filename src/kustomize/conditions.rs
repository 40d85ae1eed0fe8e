//! Conditions on labels in the grammar of Kubernetes: `app=web,tier in (a, b),!legacy`.
//!
//! A port of k8s.io/apimachinery pkg/labels/selector.go: its lexer, its parser and what it asks of keys and values.

use std::iter::Peekable;
use std::str::Chars;

/// What labels have to be like.
#[derive(Clone, Debug)]
pub(super) struct Conditions(Vec<Condition>);

#[derive(Clone, Debug)]
struct Condition {
    key: String,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Exists,
    Missing,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Conditions {
    /// Reads conditions; none of them hold for anything.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let unreadable = |why: &str| format!("the conditions `{text}` cannot be read: {why}");
        let tokens = tokens(text);
        Parser { tokens: &tokens, at: 0 }.conditions().map(Self).map_err(|why| unreadable(&why))
    }

    /// Whether all of them hold for the labels that `value_of` knows.
    pub(super) fn hold(&self, value_of: impl Fn(&str) -> Option<String>) -> bool {
        self.0.iter().all(|Condition { key, test }| {
            let value = value_of(key);
            let number = || value.as_deref().and_then(|value| value.parse::<i64>().ok());
            match test {
                Test::Exists => value.is_some(),
                Test::Missing => value.is_none(),
                Test::In(values) => value.is_some_and(|value| values.contains(&value)),
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(&value)),
                Test::Above(limit) => number().is_some_and(|number| number > *limit),
                Test::Below(limit) => number().is_some_and(|number| number < *limit),
            }
        })
    }
}

/// Symbols and words; `in` and `notin` are words that mean something behind a key.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        if is_space(first) {
            continue;
        }
        let mut token = String::from(first);
        let more: fn(char) -> bool = if is_symbol(first) { is_symbol } else { is_of_word };
        // A bracket or a comma stands alone, `=`, `!`, `>` and `<` may make a longer symbol.
        while let Some(next) = next_of(&mut rest, more) {
            if is_symbol(first) && !is_longer(&token, next) {
                break;
            }
            token.push(next);
            rest.next();
        }
        tokens.push(token);
    }
    tokens
}

fn next_of(rest: &mut Peekable<Chars<'_>>, more: fn(char) -> bool) -> Option<char> {
    rest.peek().copied().filter(|next| more(*next))
}

fn is_longer(token: &str, next: char) -> bool {
    matches!((token, next), ("=" | "!", '='))
}

const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

const fn is_symbol(c: char) -> bool {
    matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

const fn is_of_word(c: char) -> bool {
    !is_space(c) && !is_symbol(c)
}

struct Parser<'t> {
    tokens: &'t [String],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &str {
        self.tokens.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> String {
        let token = self.peek().to_owned();
        self.at += 1;
        token
    }

    fn conditions(mut self) -> Result<Vec<Condition>, String> {
        let mut conditions = Vec::new();
        if self.peek().is_empty() {
            return Ok(conditions);
        }
        loop {
            conditions.push(self.condition()?);
            match self.next().as_str() {
                "" => return Ok(conditions),
                "," if !self.peek().is_empty() => {}
                "," => return Err("a condition is missing behind the last comma".to_owned()),
                other => return Err(format!("a comma is expected before `{other}`")),
            }
        }
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let missing = self.peek() == "!";
        if missing {
            self.at += 1;
        }
        let key = self.next();
        validate_key(&key)?;
        if missing {
            return Ok(Condition { key, test: Test::Missing });
        }
        if matches!(self.peek(), "" | ",") {
            return Ok(Condition { key, test: Test::Exists });
        }
        let operator = self.next();
        let test = match operator.as_str() {
            "in" => Test::In(self.values()?),
            "notin" => Test::NotIn(self.values()?),
            "=" | "==" => Test::In(vec![self.value()?]),
            "!=" => Test::NotIn(vec![self.value()?]),
            ">" => Test::Above(self.number()?),
            "<" => Test::Below(self.number()?),
            other => return Err(format!("`{other}` is no operator")),
        };
        Ok(Condition { key, test })
    }

    /// One value, which may be empty.
    fn value(&mut self) -> Result<String, String> {
        if matches!(self.peek(), "" | ",") {
            return Ok(String::new());
        }
        let value = self.next();
        validate_value(&value)?;
        Ok(value)
    }

    fn number(&mut self) -> Result<i64, String> {
        let value = self.value()?;
        value.parse().map_err(|_| format!("`{value}` is no whole number"))
    }

    /// Values in brackets, any of which may be empty.
    fn values(&mut self) -> Result<Vec<String>, String> {
        if self.next() != "(" {
            return Err("a bracket is expected behind `in` and `notin`".to_owned());
        }
        let (mut values, mut open) = (Vec::new(), true);
        loop {
            match self.next().as_str() {
                "" => return Err("a closing bracket is missing".to_owned()),
                ")" => {
                    if open {
                        values.push(String::new());
                    }
                    return Ok(values);
                }
                "," => {
                    if open {
                        values.push(String::new());
                    }
                    open = true;
                }
                value if open => {
                    validate_value(value)?;
                    values.push(value.to_owned());
                    open = false;
                }
                value => return Err(format!("a comma is expected before `{value}`")),
            }
        }
    }
}

/// A name of 63 characters, with a DNS name of 253 before it if there is a slash.
fn validate_key(key: &str) -> Result<(), String> {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let is_label = |part: &str| {
        let edges = [part.chars().next(), part.chars().next_back()];
        edges.iter().all(|c| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit()))
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let is_prefix = prefix.is_none_or(|prefix| prefix.len() <= 253 && prefix.split('.').all(is_label));
    if is_prefix && !name.is_empty() && is_name(name) {
        return Ok(());
    }
    Err(format!("`{key}` is no key of a label"))
}

fn validate_value(value: &str) -> Result<(), String> {
    if value.is_empty() || is_name(value) { Ok(()) } else { Err(format!("`{value}` is no value of a label")) }
}

fn is_name(text: &str) -> bool {
    let edges = [text.chars().next(), text.chars().next_back()];
    text.len() <= 63
        && edges.iter().all(|c| c.is_some_and(|c| c.is_ascii_alphanumeric()))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
