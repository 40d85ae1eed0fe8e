//! Text to [`Stream`]: events of `granit-parser` made into a tree with exact byte ranges.
//!
//! The parser's own spans are corrected here, once: block collections end with their last child, a block scalar
//! begins at its header and ends before the line break that closes it, an empty value stands right behind its
//! colon or dash. Everything above relies on these ranges.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle as Style, Span, StrInput, StructureStyle};

use super::document::{Comment, Document, Entry, Node, NodeKind, Problem, ScalarStyle, Stream};
use super::text::{skip_blank, skip_trivia, trim_end};

/// Comments in front of one node: licence headers of generated files run to hundreds of lines.
const MAX_COMMENTS: usize = 1 << 16;
/// Characters of a key; YAML says 1,024, JSON has no limit.
const MAX_KEY: usize = 1 << 16;

/// Reads bytes as UTF-8 text, the only encoding that Kubernetes tools write and read without being told.
///
/// # Errors
/// Names the encoding or the reason, e.g. UTF-16 or encrypted by git-crypt.
pub fn decode(bytes: &[u8]) -> Result<&str, String> {
    if bytes.starts_with(b"\0GITCRYPT\0") {
        return Err("it is encrypted by git-crypt".into());
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16 text, only UTF-8 is read".into());
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("it is not UTF-8 text (byte {})", error.valid_up_to()))?;
    if text.contains('\0') {
        return Err("it holds NUL bytes, so it is not text".into());
    }
    Ok(text)
}

/// Reads every document of `text`. A document that cannot be read keeps its place in the stream.
pub fn parse(text: &str) -> Stream {
    let options = granit_parser::options! {
        emit_anchor_events: true,
        max_buffered_comment_events: MAX_COMMENTS,
        simple_key_max_lookahead: MAX_KEY,
    };
    let mut reader = Reader {
        text,
        events: Parser::new_from_str_with_options(text, options),
        pending: None,
        cursor: if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 },
        comments: Vec::new(),
    };
    reader.stream()
}

type Read<T> = Result<T, Problem>;

struct Reader<'t> {
    text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    pending: Option<(Event<'t>, Span)>,
    /// End of the last token that was read.
    cursor: usize,
    comments: Vec<Comment>,
}

/// Anchor and tag of a node, and where the first of them starts.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
    start: Option<usize>,
    end: usize,
}

impl<'t> Reader<'t> {
    fn stream(&mut self) -> Stream {
        let mut documents = Vec::new();
        loop {
            match self.next() {
                Ok(Some((Event::DocumentStart(explicit, _), span))) => {
                    if explicit {
                        self.cursor = self.cursor.max(bytes(&span).1);
                    }
                    let document = self.document(documents.len());
                    documents.push(document);
                }
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(problem) => {
                    documents.push(self.broken(documents.len(), self.cursor, problem));
                    if !self.recover() {
                        break;
                    }
                }
            }
        }
        if let Some(last) = documents.last_mut() {
            last.comments.append(&mut self.comments);
            let end = last.comments.last().map_or(0, |comment| comment.range.end);
            last.range.end = last.range.end.max(end);
        } else if !self.comments.is_empty() {
            let comments = std::mem::take(&mut self.comments);
            let range = comments[0].range.start..comments[comments.len() - 1].range.end;
            documents.push(Document { index: 0, range, root: Ok(None), comments });
        }
        Stream { documents }
    }

    fn document(&mut self, index: usize) -> Document {
        let start = self.cursor;
        match self.document_root() {
            Ok(root) => {
                let comments = std::mem::take(&mut self.comments);
                let first = comments.first().map(|comment| comment.range.start);
                let last = comments.last().map(|comment| comment.range.end);
                let node = root.as_ref().map(|node| node.start..node.range.end);
                let begin = first.into_iter().chain(node.as_ref().map(|range| range.start)).min();
                let end = last.into_iter().chain(node.map(|range| range.end)).max();
                let begin = begin.unwrap_or(start);
                Document { index, range: begin..end.unwrap_or(begin).max(begin), root: Ok(root), comments }
            }
            Err(problem) => {
                let document = self.broken(index, start, problem);
                self.recover();
                document
            }
        }
    }

    fn document_root(&mut self) -> Read<Option<Node>> {
        let root = match self.next()? {
            Some((Event::DocumentEnd, _)) | None => return Ok(None),
            Some(event) => self.node(event, self.cursor)?,
        };
        match self.next()? {
            Some((Event::DocumentEnd, _)) | None => {}
            Some((_, span)) => return Err(problem("more than one node in a document", bytes(&span).0)),
        }
        let empty = root.range.is_empty()
            && root.start == root.range.start
            && matches!(root.kind, NodeKind::Scalar { .. });
        Ok((!empty).then_some(root))
    }

    fn broken(&mut self, index: usize, start: usize, problem: Problem) -> Document {
        let comments = std::mem::take(&mut self.comments);
        let end = problem.offset.max(start).min(self.text.len());
        Document { index, range: start..end, root: Err(problem), comments }
    }

    /// Moves on to the document after an error.
    fn recover(&mut self) -> bool {
        self.pending = None;
        let found = matches!(self.events.proceed_next_document(), Ok(true));
        if !found {
            self.cursor = self.text.len();
        }
        found
    }

    /// The next event that is no comment; comments are put aside.
    fn next(&mut self) -> Read<Option<(Event<'t>, Span)>> {
        loop {
            let event = match self.pending.take() {
                Some(event) => Some(event),
                None => self.events.next_event().transpose().map_err(|error| {
                    problem(error.info(), error.marker().byte_offset().unwrap_or(self.cursor))
                })?,
            };
            match event {
                Some((Event::Comment(..), span)) => {
                    let (start, end) = bytes(&span);
                    let end = start + trim_end(&self.text[start..end]).len();
                    self.comments.push(Comment { range: start..end });
                }
                Some((Event::StreamStart, _)) => {}
                Some((Event::StreamEnd, _)) | None => return Ok(None),
                event => return Ok(event),
            }
        }
    }

    fn required(&mut self) -> Read<(Event<'t>, Span)> {
        let at = self.cursor;
        self.next()?.ok_or_else(|| problem("the document ends too early", at))
    }

    /// The anchor event that directly follows its node, if there is one.
    fn properties(&mut self, span: &Span, tagged: bool) -> Read<Properties> {
        let mut properties = Properties { end: self.cursor, ..Properties::default() };
        if let Some(tag) = span.tag_span().filter(|_| tagged) {
            let (start, end) = bytes(&tag);
            properties.tag = Some(self.text[start..end].to_owned());
            properties.start = Some(start);
            properties.end = end;
        }
        match self.next()? {
            Some((Event::Anchor(_, name), span)) => {
                let (start, end) = bytes(&span);
                properties.anchor = Some(name.into_owned());
                properties.start = Some(properties.start.map_or(start, |tag| tag.min(start)));
                properties.end = properties.end.max(end);
            }
            other => self.pending = other,
        }
        self.cursor = self.cursor.max(properties.end);
        Ok(properties)
    }

    /// Reads the node that begins with `event`; an empty one stands at `place`.
    fn node(&mut self, (event, span): (Event<'t>, Span), place: usize) -> Read<Node> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let properties = if anchor > 0 || tag.is_some() {
                    self.properties(&span, tag.is_some())?
                } else {
                    Properties { end: self.cursor, ..Properties::default() }
                };
                Ok(self.scalar(text, style, &span, properties, place))
            }
            Event::Alias(_) => {
                let (start, end) = bytes(&span);
                self.cursor = end;
                let name = self.text[start..end].trim_start_matches('*').to_owned();
                Ok(Node { range: start..end, kind: NodeKind::Alias { name }, anchor: None, tag: None, start })
            }
            Event::SequenceStart(style, _, tag) => self.collection(&span, style, tag.is_some(), true),
            Event::MappingStart(style, _, tag) => self.collection(&span, style, tag.is_some(), false),
            _ => Err(problem("a value is missing", bytes(&span).0)),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: Style,
        span: &Span,
        properties: Properties,
        place: usize,
    ) -> Node {
        let (start, end) = bytes(span);
        let (range, text) = match style {
            Style::Plain if start == end => {
                let at = if properties.start.is_some() { properties.end } else { place };
                (at..at, Cow::Borrowed(""))
            }
            Style::Literal | Style::Folded => (self.block_scalar(end), text),
            _ => (start..start + trim_end(&self.text[start..end]).len(), text),
        };
        self.cursor = self.cursor.max(range.end);
        Node {
            start: properties.start.unwrap_or(range.start),
            kind: NodeKind::Scalar { text: text.into_owned(), style: style_of(style) },
            anchor: properties.anchor,
            tag: properties.tag,
            range,
        }
    }

    /// From the header to the end of the last line that counts, its line break left out.
    fn block_scalar(&self, end: usize) -> std::ops::Range<usize> {
        let start = skip_trivia(self.text, self.cursor);
        let header_end = self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |at| start + at);
        let header = &self.text[start..header_end];
        let header = header.split_once(" #").map_or(header, |(header, _)| header);
        let first = start + trim_end(header).len();
        let body = &self.text[first..end.max(first)];
        if header.contains('+') {
            let line_break = body.rfind('\n').unwrap_or(body.len());
            let line_break = if body[..line_break].ends_with('\r') { line_break - 1 } else { line_break };
            let tail = &body[line_break..];
            let keep = if tail.trim().is_empty() { line_break } else { body.len() };
            return start..first + keep;
        }
        let body = match body.rfind('\n') {
            Some(at) if body[at..].trim().is_empty() => &body[..at],
            _ => body,
        };
        start..first + body.trim_end_matches([' ', '\t', '\r', '\n']).len()
    }

    fn collection(&mut self, span: &Span, style: StructureStyle, tagged: bool, sequence: bool) -> Read<Node> {
        let properties = self.properties(span, tagged)?;
        let flow = style == StructureStyle::Flow;
        let open = bytes(span);
        if flow {
            self.cursor = open.1;
        }
        let mut start = None;
        let (kind, closed) = if sequence {
            let (items, closed) = self.items(flow, &mut start)?;
            (NodeKind::Sequence { items, flow }, closed)
        } else {
            let (entries, closed) = self.entries(flow, &mut start)?;
            duplicate(&entries)?;
            (NodeKind::Mapping { entries, flow }, closed)
        };
        let range = if flow { open.0..closed } else { start.unwrap_or(self.cursor)..self.cursor };
        self.cursor = range.end;
        Ok(Node {
            start: properties.start.unwrap_or(range.start),
            range,
            kind,
            anchor: properties.anchor,
            tag: properties.tag,
        })
    }

    fn items(&mut self, flow: bool, start: &mut Option<usize>) -> Read<(Vec<Node>, usize)> {
        let mut items = Vec::new();
        loop {
            let event = self.required()?;
            if let (Event::SequenceEnd, span) = &event {
                return Ok((items, bytes(span).1));
            }
            if flow {
                self.skip_separator();
            } else {
                let dash = skip_trivia(self.text, self.cursor);
                start.get_or_insert(dash);
                self.cursor = dash + 1;
            }
            items.push(self.node(event, self.cursor)?);
        }
    }

    fn entries(&mut self, flow: bool, first: &mut Option<usize>) -> Read<(Vec<Entry>, usize)> {
        let mut entries = Vec::new();
        loop {
            let event = self.required()?;
            if let (Event::MappingEnd, span) = &event {
                return Ok((entries, bytes(span).1));
            }
            if flow {
                self.skip_separator();
            }
            let start = skip_trivia(self.text, self.cursor);
            let explicit = self.text[start..].starts_with('?')
                && self.text[start + 1..].chars().next().is_none_or(char::is_whitespace);
            if explicit {
                self.cursor = start + 1;
            }
            first.get_or_insert(start);
            let key = self.node(event, if explicit { self.cursor } else { start })?;
            let at = skip_trivia(self.text, self.cursor);
            let colon = self.text[at..].starts_with(':').then_some(at);
            if let Some(colon) = colon {
                self.cursor = colon + 1;
            }
            let event = self.required()?;
            let value = self.node(event, self.cursor)?;
            entries.push(Entry { start, explicit, colon, key, value });
        }
    }

    /// Steps over the comma between entries of a flow collection.
    fn skip_separator(&mut self) {
        let at = skip_trivia(self.text, self.cursor);
        if self.text[at..].starts_with(',') {
            self.cursor = at + 1;
        }
        self.cursor = skip_blank(self.text, self.cursor);
    }
}

/// Kubernetes refuses a key that stands twice; `<<` may.
fn duplicate(entries: &[Entry]) -> Read<()> {
    let mut seen = std::collections::HashSet::new();
    for entry in entries {
        if let Some(key) = entry.key_text().filter(|key| *key != "<<")
            && !seen.insert(key)
        {
            return Err(problem(format!("the key `{key}` stands twice in one mapping"), entry.start));
        }
    }
    Ok(())
}

fn problem(message: impl Into<String>, offset: usize) -> Problem {
    Problem { message: message.into(), offset }
}

/// Start and end byte; the parser knows them for every text that it reads from a `str`.
fn bytes(span: &Span) -> (usize, usize) {
    let range = span.byte_range().unwrap_or_default();
    (range.start, range.end)
}

const fn style_of(style: Style) -> ScalarStyle {
    match style {
        Style::SingleQuoted => ScalarStyle::SingleQuoted,
        Style::DoubleQuoted => ScalarStyle::DoubleQuoted,
        Style::Literal => ScalarStyle::Literal,
        Style::Folded => ScalarStyle::Folded,
        _ => ScalarStyle::Plain,
    }
}
