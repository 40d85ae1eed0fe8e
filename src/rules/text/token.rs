//! API versions in a text that no parser reads: the token itself and, from the lines around it, the kind.

use std::ops::Range;

use crate::rules::Context;
use crate::rules::data::{self, Row};

/// A `group/version` of Flux that is not a stable one, as the value of `apiVersion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// Bytes of the text, without quotes.
    pub(super) range: Range<usize>,
    pub(super) group: String,
    pub(super) version: String,
    /// The kind beside it; `None` where it is not told, or by a template.
    pub(super) kind: Option<String>,
    /// It stands in a comment of its own line.
    pub(super) commented: bool,
}

impl Token {
    /// The version that takes its place; `None` where its kind is not known or nothing succeeds it.
    pub(super) fn successor(&self, context: &Context<'_>) -> Option<&'static Row> {
        successor(context, &self.group, &self.version, self.kind.as_deref()?)
    }

    /// Whether something may take its place: with any kind of its group, where its own is not known.
    pub(super) fn is_old(&self, context: &Context<'_>) -> bool {
        match &self.kind {
            Some(_) => self.successor(context).is_some(),
            None => data::rows()
                .iter()
                .filter(|row| row.group == self.group && row.version == self.version)
                .any(|row| successor(context, &row.group, &row.version, &row.kind).is_some()),
        }
    }
}

/// The newest version of a kind that the target serves; no newer than any Flux serves that is known to run, since a
/// text tells nothing of the cluster that it is for.
pub(super) fn successor(
    context: &Context<'_>,
    group: &str,
    version: &str,
    kind: &str,
) -> Option<&'static Row> {
    let running = context.clusters.iter().filter_map(|cluster| cluster.flux).min();
    context.options.successor(group, version, kind, running)
}

/// Every token in `range` of `text`, in order.
pub(super) fn tokens(text: &str, range: Range<usize>) -> Vec<Token> {
    let part = &text[..range.end];
    memchr::memmem::find_iter(&part.as_bytes()[range.start..], "apiVersion")
        .filter_map(|at| token(part, range.start, range.start + at))
        .collect()
}

/// The token whose key `apiVersion` stands at `at`; lines before `floor` are not looked at.
fn token(text: &str, floor: usize, at: usize) -> Option<Token> {
    let (key, value) = pair(text, at, "apiVersion")?;
    let (group, version) = text[value.clone()].split_once('/')?;
    let is_unstable = version.contains("alpha") || version.contains("beta");
    if !is_unstable || !data::is_flux_group(group) {
        return None;
    }
    let (group, version) = (group.to_owned(), version.to_owned());
    let line = line_start(text, key);
    let commented = content(&text[line..key]).is_some_and(|lead| lead.starts_with(['#', '/']));
    let kind = kind(text, floor, key);
    Some(Token { range: value, group, version, kind, commented })
}

/// The key that starts at or with a quote before `at`, and its value: letters, digits, `.`, `-` and `/`, with or without
/// quotes, behind a colon or (Terraform) an equals sign.
fn pair(text: &str, at: usize, name: &str) -> Option<(usize, Range<usize>)> {
    let before = text[..at].chars().next_back();
    let quote = before.filter(|before| matches!(before, '"' | '\''));
    let key = at - quote.map_or(0, char::len_utf8);
    if before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '.' | '-' | '/')) {
        return None;
    }
    let mut rest = &text[at + name.len()..];
    rest = quote.map_or(Some(rest), |quote| rest.strip_prefix(quote))?;
    rest = rest.trim_start_matches([' ', '\t']).strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
    let opened = rest.chars().next().filter(|first| matches!(first, '"' | '\''));
    rest = opened.map_or(rest, |quote| rest.strip_prefix(quote).unwrap_or(rest));
    let start = text.len() - rest.len();
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '/');
    let length = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
    let ends_well = match opened {
        Some(quote) => rest[length..].starts_with(quote),
        None => {
            rest[length..].chars().next().is_none_or(|next| next.is_whitespace() || matches!(next, ',' | '}'))
        }
    };
    (length > 0 && ends_well).then_some((key, start..start + length))
}

/// The kind that stands beside the key at `key`: on its line, or on a line above or below at the same column.
fn kind(text: &str, floor: usize, key: usize) -> Option<String> {
    let start = line_start(text, key);
    let end = line_end(text, key);
    if let Some(kind) = named(text, start..end) {
        return Some(kind);
    }
    let own = Line::of(text, start..end);
    let mut below = end;
    while own.is_plain && below < text.len() {
        let line = below + 1..line_end(text, (below + 1).min(text.len()));
        if line.start > text.len() || line.end < line.start {
            break;
        }
        below = line.end;
        match Line::of(text, line.clone()).beside(&own) {
            Beside::Skip => {}
            Beside::End | Beside::Item => break,
            Beside::Key => match named(text, line) {
                None => {}
                found => return found,
            },
        }
    }
    let mut above = start;
    while own.is_plain && !own.is_item && above > floor {
        let line = line_start(text, above - 1)..above - 1;
        above = line.start;
        match Line::of(text, line.clone()).beside(&own) {
            Beside::Skip => {}
            Beside::End => break,
            Beside::Key => match named(text, line) {
                None => {}
                found => return found,
            },
            Beside::Item => return named(text, line),
        }
    }
    None
}

/// How a line stands to that of the token.
enum Beside {
    /// Deeper, blank, a comment, or a line of the template language.
    Skip,
    /// A key of the same mapping.
    Key,
    /// The same at the column of the key, but behind a dash.
    Item,
    /// What the mapping does not go beyond.
    End,
}

/// A line: the column of its first key, and whether that stands behind a dash.
struct Line<'t> {
    column: usize,
    is_item: bool,
    rest: &'t str,
    commented: bool,
    /// Not between braces on one line.
    is_plain: bool,
}

impl<'t> Line<'t> {
    fn of(text: &'t str, range: Range<usize>) -> Self {
        let line = text[range].trim_end_matches('\r');
        let mut rest = line.trim_start();
        let commented = rest.starts_with('#') && !rest.starts_with("#{");
        if commented {
            rest = rest[1..].trim_start();
        }
        let mut is_item = false;
        while let Some(item) = rest.strip_prefix("- ") {
            is_item = true;
            rest = item.trim_start();
        }
        let is_plain = !rest.starts_with('{') || rest.starts_with("{{") || rest.starts_with("{%");
        Self { column: line.len() - rest.len(), is_item, rest, commented, is_plain }
    }

    fn beside(&self, own: &Line<'_>) -> Beside {
        let of_template = self.rest.starts_with("{{") || self.rest.starts_with("{%");
        let is_remark = self.commented != own.commented || self.rest.starts_with("//");
        if self.rest.starts_with("---") && !is_remark {
            return Beside::End;
        }
        if self.rest.is_empty() || of_template || is_remark || self.column > own.column {
            return Beside::Skip;
        }
        if self.column < own.column || !(self.rest.contains(':') || self.rest.contains('=')) {
            return Beside::End;
        }
        match (self.is_item, self.rest.trim_start_matches(['"', '\'']).starts_with("apiVersion")) {
            (_, true) => Beside::End,
            (true, _) => Beside::Item,
            (false, _) => Beside::Key,
        }
    }
}

/// The value of `kind` in a line, where it is a word.
fn named(text: &str, line: Range<usize>) -> Option<String> {
    let is_word = |value: &Range<usize>| text[value.clone()].bytes().all(|byte| byte.is_ascii_alphanumeric());
    let found = text[line.clone()].match_indices("kind").find_map(|(at, _)| {
        let (key, value) = pair(&text[..line.end], line.start + at, "kind")?;
        let lead = content(&text[line.start..key]).unwrap_or_default();
        let is_key = lead.trim_start_matches(['#', '-', ' ']).is_empty() || lead.ends_with(['{', ',']);
        (is_key && is_word(&value)).then_some(value)
    })?;
    Some(text[found].to_owned())
}

/// What is in `text` without blanks around it, if anything.
fn content(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end)
}
