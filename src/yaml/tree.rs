//! Events to nodes: the part of the reader that builds the tree and sets its ranges right.

use std::borrow::Cow;

use granit_parser::{Event, ScalarStyle as Style, Span, StructureStyle};

use super::document::{Entry, Marks, Node, NodeKind, ScalarStyle};
use super::parse::{Read, Reader, bytes, problem};
use super::text::{skip_blank, skip_trivia, trim_end};

/// How deep collections may be nested: much deeper than any manifest, and far from the end of a thread's stack.
const DEEPEST: usize = 128;

/// Anchor and tag of a node, and where the first of them starts.
#[derive(Default)]
struct Properties<'t> {
    marks: Option<Box<Marks<'t>>>,
    start: Option<usize>,
    end: usize,
}

impl<'t> Reader<'t> {
    /// The anchor event that directly follows its node, if there is one.
    fn properties(&mut self, span: &Span, anchor: usize, tagged: bool) -> Read<Properties<'t>> {
        let mut properties = Properties { end: self.cursor, ..Properties::default() };
        if anchor == 0 && !tagged {
            return Ok(properties);
        }
        if let Some(tag) = span.tag_span().filter(|_| tagged) {
            let (start, end) = bytes(&tag);
            properties.marks.get_or_insert_default().tag = Some(Cow::Borrowed(&self.text[start..end]));
            properties.start = Some(start);
            properties.end = end;
        }
        match self.next()? {
            Some((Event::Anchor(_, name), span)) => {
                let (start, end) = bytes(&span);
                properties.marks.get_or_insert_default().anchor = Some(name);
                properties.start = Some(properties.start.map_or(start, |tag| tag.min(start)));
                properties.end = properties.end.max(end);
            }
            other => self.pending = other,
        }
        self.cursor = self.cursor.max(properties.end);
        Ok(properties)
    }

    /// Reads the node that begins with `event`; an empty one stands at `place`.
    pub(super) fn node(&mut self, (event, span): (Event<'t>, Span), place: usize) -> Read<Node<'t>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let properties = self.properties(&span, anchor, tag.is_some())?;
                Ok(self.scalar(text, style, &span, properties, place))
            }
            Event::Alias(_) => {
                let (start, end) = bytes(&span);
                self.cursor = end;
                let name = Cow::Borrowed(self.text[start..end].trim_start_matches('*'));
                Ok(Node { range: start..end, kind: NodeKind::Alias { name }, marks: None, start })
            }
            Event::SequenceStart(style, anchor, tag) => {
                let properties = self.properties(&span, anchor, tag.is_some())?;
                self.collection(&span, style, properties, true)
            }
            Event::MappingStart(style, anchor, tag) => {
                let properties = self.properties(&span, anchor, tag.is_some())?;
                self.collection(&span, style, properties, false)
            }
            _ => Err(problem("a value is missing", bytes(&span).0)),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: Style,
        span: &Span,
        properties: Properties<'t>,
        place: usize,
    ) -> Node<'t> {
        let (start, end) = bytes(span);
        let (range, text) = match style {
            Style::Plain if start == end => {
                let at = if properties.start.is_some() { properties.end } else { place };
                (at..at, Cow::Borrowed(""))
            }
            Style::Literal | Style::Folded => (self.block_scalar(end), self.unterminated(text, end)),
            _ => (start..start + trim_end(&self.text[start..end]).len(), text),
        };
        self.cursor = self.cursor.max(range.end);
        Node {
            start: properties.start.unwrap_or(range.start),
            kind: NodeKind::Scalar { text, style: style_of(style) },
            marks: properties.marks,
            range,
        }
    }

    /// libyaml and go-yaml give the last line of a block no line break where the file has none; so do we.
    fn unterminated(&self, text: Cow<'t, str>, end: usize) -> Cow<'t, str> {
        let open = trim_end(&self.text[end..]).is_empty() && !self.text.ends_with(['\n', '\r']);
        match text.strip_suffix('\n').filter(|_| open) {
            Some(line) => Cow::Owned(line.to_owned()),
            None => text,
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

    fn collection(
        &mut self,
        span: &Span,
        style: StructureStyle,
        properties: Properties<'t>,
        sequence: bool,
    ) -> Read<Node<'t>> {
        let flow = style == StructureStyle::Flow;
        let open = bytes(span);
        if self.depth == DEEPEST {
            return Err(problem(
                format!("more than {DEEPEST} collections stand inside of each other"),
                open.0,
            ));
        }
        self.depth += 1;
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
        self.depth -= 1;
        let range = if flow { open.0..closed } else { start.unwrap_or(self.cursor)..self.cursor };
        self.cursor = range.end;
        Ok(Node { start: properties.start.unwrap_or(range.start), range, kind, marks: properties.marks })
    }

    fn items(&mut self, flow: bool, start: &mut Option<usize>) -> Read<(Vec<Node<'t>>, usize)> {
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
                if !self.text[dash..].starts_with('-') {
                    return Err(problem("something stands before the dash of an item", dash));
                }
                start.get_or_insert(dash);
                self.cursor = dash + 1;
            }
            items.push(self.node(event, self.cursor)?);
        }
    }

    fn entries(&mut self, flow: bool, first: &mut Option<usize>) -> Read<(Vec<Entry<'t>>, usize)> {
        let above = self.entries.len();
        loop {
            let event = self.required()?;
            if let (Event::MappingEnd, span) = &event {
                return Ok((self.entries.split_off(above), bytes(span).1));
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
            if key.is_mapping() || key.is_sequence() {
                let message = "a key is a mapping or a list, which Kubernetes cannot read; is it a template?";
                return Err(problem(message, start));
            }
            let at = skip_trivia(self.text, self.cursor);
            let colon = self.text[at..].starts_with(':').then_some(at);
            if let Some(colon) = colon {
                self.cursor = colon + 1;
            }
            let event = self.required()?;
            let value = self.node(event, self.cursor)?;
            self.entries.push(Entry { start, explicit, colon, key, value });
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

/// Up to so many keys are compared each with each: sorting needs memory.
const FEW: usize = 8;

/// Kubernetes refuses a key that stands twice; `<<` may.
fn duplicate(entries: &[Entry<'_>]) -> Read<()> {
    let same = |one: &Entry<'_>, other: &Entry<'_>| one.key_text() == other.key_text();
    if entries.len() <= FEW
        && (1..entries.len()).all(|at| entries[..at].iter().all(|one| !same(one, &entries[at])))
    {
        return Ok(());
    }
    let keys = entries.iter().filter_map(|entry| Some((entry.key_text()?, entry.start)));
    let mut sorted: Vec<(&str, usize)> = keys.filter(|(key, _)| *key != "<<").collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(problem(format!("the key `{}` stands twice in one mapping", pair[1].0), pair[1].1)),
        None => Ok(()),
    }
}

const fn style_of(style: Style) -> ScalarStyle {
    match style {
        Style::SingleQuoted => ScalarStyle::SingleQuoted,
        Style::DoubleQuoted => ScalarStyle::DoubleQuoted,
        Style::Literal => ScalarStyle::Literal,
        Style::Folded => ScalarStyle::Folded,
        Style::Plain => ScalarStyle::Plain,
    }
}
