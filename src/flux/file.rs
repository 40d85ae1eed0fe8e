//! Files of an index: those of the repository, and text inside of them that is read like a file.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use super::patch::Site;
use super::resource;
use super::scan;
use crate::place::Place;
use crate::yaml::{Node, Route, Stream, decode, parse};

/// Up to this byte lines are counted anew for each place; beyond it, in streams of thousands of documents, once.
const SHORT: usize = 4096;

/// A file that was read.
#[derive(Debug)]
pub struct SourceFile<'r> {
    /// Path below the root; for text inside of a file the path of that.
    pub path: &'r str,
    /// Its text.
    pub text: Cow<'r, str>,
    /// Its documents.
    pub stream: Stream<'r>,
    /// Where it is written, if it is text inside of a file.
    pub host: Option<Host>,
    /// Encrypted by SOPS: an edit would break the checksum.
    pub sealed: bool,
    /// The start of each line, found when the first place is asked for.
    line_starts: OnceLock<Vec<usize>>,
}

/// A text in which manifests are only written down: a template, or Markdown.
#[derive(Debug)]
pub struct TextFile<'r> {
    /// Path below the root.
    pub path: &'r str,
    /// Its text.
    pub text: &'r str,
}

/// The string that a text is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The document around it.
    pub site: Site,
    /// The string in that document.
    pub route: Route,
    /// Bytes of the string in the file around it.
    pub range: Range<usize>,
}

/// A file, or a document of it, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Path below the root.
    pub path: String,
    /// Index of the file in [`super::Index::files`], where it is text.
    pub file: Option<usize>,
    /// Byte where the reading stopped.
    pub offset: usize,
    /// Why, as a sentence without a final period.
    pub reason: String,
    /// The bytes look like Flux.
    pub looks_like_flux: bool,
}

impl Unreadable {
    /// A file whose content could not be had; `reason` completes "the file …".
    pub(super) fn failed(path: &str, reason: &str) -> Self {
        let reason = format!("it {reason}");
        Self { path: path.to_owned(), file: None, offset: 0, reason, looks_like_flux: true }
    }
}

impl<'r> SourceFile<'r> {
    /// Reads the file at `path`.
    pub(super) fn read(path: &'r str, bytes: &'r [u8]) -> Result<Self, Unreadable> {
        let unreadable = |reason| Unreadable {
            path: path.to_owned(),
            file: None,
            offset: 0,
            reason,
            looks_like_flux: scan::looks_like_flux(bytes),
        };
        let text = decode(bytes).map_err(unreadable)?;
        let stream = parse(text);
        let sealed = resource::is_sealed(&stream);
        let line_starts = OnceLock::new();
        Ok(Self { path, text: Cow::Borrowed(text), stream, host: None, sealed, line_starts })
    }

    /// Reads the text of `node`, the string at `route` of the document `site`, whose file is `around`.
    pub(super) fn within(around: &Self, site: Site, route: Route, node: &Node) -> Option<Self> {
        let text = node.as_str()?.to_owned();
        let stream = parse(&text).into_owned();
        Some(Self {
            path: around.path,
            text: Cow::Owned(text),
            stream,
            host: Some(Host { site, route, range: node.range.clone() }),
            sealed: around.sealed,
            line_starts: OnceLock::new(),
        })
    }

    /// The place of `range`, bytes of its text.
    pub(super) fn place(&self, range: Range<usize>) -> Place {
        if range.end < SHORT {
            return Place::new(self.path, &self.text, range);
        }
        let starts = self.line_starts.get_or_init(|| {
            std::iter::once(0)
                .chain(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1))
                .collect()
        });
        Place::in_lines(self.path, &self.text, starts, range)
    }
}
