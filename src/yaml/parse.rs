//! Text to [`Stream`]: events of `granit-parser` made into a tree with exact byte ranges.
//!
//! The parser's own spans are corrected here, once: block collections end with their last child, a block scalar
//! begins at its header and ends before the line break that closes it, an empty value stands right behind its
//! colon or dash. Everything above relies on these ranges.

use granit_parser::{Event, Parser, Span, StrInput};

use super::document::{Comment, Document, Entry, Node, NodeKind, Problem, Stream};
use super::text::trim_end;

/// Comments in front of one node: licence headers of generated files run to hundreds of lines.
const MAX_COMMENTS: usize = 1 << 16;
/// Entries of open mappings that there is room for from the start: most files never need more.
const OPEN_ENTRIES: usize = 64;
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

/// Whether `text` follows YAML's grammar, told without making a tree. A key that stands twice is not found this way.
pub fn is_well_formed(text: &str) -> bool {
    let mut options = granit_parser::options! { simple_key_max_lookahead: MAX_KEY };
    options.set_emit_comments(false);
    Parser::new_from_str_with_options(text, options).all(|event| event.is_ok())
}

/// Reads every document of `text`. A document that cannot be read keeps its place in the stream.
pub fn parse(text: &str) -> Stream<'_> {
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
        entries: Vec::with_capacity(OPEN_ENTRIES),
        depth: 0,
        comments: Vec::new(),
    };
    reader.stream()
}

pub(super) type Read<T> = Result<T, Problem>;

pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    events: Parser<'t, StrInput<'t>>,
    pub(super) pending: Option<(Event<'t>, Span)>,
    /// End of the last token that was read.
    pub(super) cursor: usize,
    /// The entries of the mappings that are open, the outermost first: each takes its own out when it ends.
    pub(super) entries: Vec<Entry<'t>>,
    /// How many collections are open.
    pub(super) depth: usize,
    comments: Vec<Comment>,
}

impl<'t> Reader<'t> {
    fn stream(&mut self) -> Stream<'t> {
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

    fn document(&mut self, index: usize) -> Document<'t> {
        let start = self.cursor;
        self.depth = 0;
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

    fn document_root(&mut self) -> Read<Option<Node<'t>>> {
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

    fn broken(&mut self, index: usize, start: usize, problem: Problem) -> Document<'t> {
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
    pub(super) fn next(&mut self) -> Read<Option<(Event<'t>, Span)>> {
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

    pub(super) fn required(&mut self) -> Read<(Event<'t>, Span)> {
        let at = self.cursor;
        self.next()?.ok_or_else(|| problem("the document ends too early", at))
    }
}

pub(super) fn problem(message: impl Into<String>, offset: usize) -> Problem {
    Problem { message: message.into(), offset }
}

/// Start and end byte; the parser knows them for every text that it reads from a `str`.
pub(super) fn bytes(span: &Span) -> (usize, usize) {
    let range = span.byte_range().unwrap_or_default();
    (range.start, range.end)
}
