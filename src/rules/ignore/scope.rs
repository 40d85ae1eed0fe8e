//! What an ignore comment covers, from where it stands.

use std::ops::Range;

use crate::flux::Index;

/// The bytes that the comment at `comment` covers, in a document of a file; both by their index. Something is covered
/// that begins in them, the end included.
pub(super) fn of(index: &Index<'_>, file: usize, document: usize, comment: &Range<usize>) -> Range<usize> {
    let text = &*index.files[file].text;
    let line = line(text, comment.start);
    let before = text[line.start..comment.start].trim_start_matches('\u{feff}').trim();
    if before == "---" {
        return whole(index, file, document);
    }
    if !before.is_empty() {
        return line;
    }
    if stands_above_all(index, file, document, comment.start) {
        return whole(index, file, document);
    }
    let is_last = index.files[file].stream.documents[document]
        .node()
        .is_some_and(|root| root.range.end <= comment.start);
    let below = lines_below(text, line.end).find(|line| !is_comment(&text[line.clone()]));
    let content = lines_below(text, line.end).find(|line| is_content(&text[line.clone()]));
    if is_last && content.is_some_and(|line| text[line].starts_with("---")) {
        let next = (document + 1).min(index.files[file].stream.documents.len() - 1);
        return whole(index, file, next);
    }
    let Some(below) = below else { return line };
    object_from(index, file, &below).unwrap_or(below)
}

/// Whether nothing but comments stands before `at` in the document.
fn stands_above_all(index: &Index<'_>, file: usize, document: usize, at: usize) -> bool {
    let source = &index.files[file];
    let document = &source.stream.documents[document];
    if let Some(root) = document.node() {
        return at < root.start;
    }
    let before = source.text.get(document.range.start..at).unwrap_or_default();
    before.lines().all(|line| !is_content(line) || line.starts_with("---"))
}

/// All of a document with the comments before it. One that cannot be read goes on to the next one.
fn whole(index: &Index<'_>, file: usize, document: usize) -> Range<usize> {
    let documents = &index.files[file].stream.documents;
    let range = documents[document].range.clone();
    let next = documents.get(document + 1).map_or(index.files[file].text.len(), |next| next.range.start);
    if documents[document].root.is_ok() { range } else { range.start..next.saturating_sub(1).max(range.end) }
}

/// The object in a list that begins on the line `first`, from the start of that line.
fn object_from(index: &Index<'_>, file: usize, first: &Range<usize>) -> Option<Range<usize>> {
    let resources = &index.resources[index.resources_of(file)];
    let objects = resources.iter().map(|resource| index.node(resource));
    let mut begun = objects.filter(|node| first.start <= node.start && node.start <= first.end);
    begun.next().map(|node| first.start..node.range.end)
}

/// The line of `at`, without its line break.
fn line(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |line_break| line_break + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(text.len(), |line_break| at + line_break);
    start..end
}

/// The lines after the one that ends at `end`.
fn lines_below(text: &str, end: usize) -> impl Iterator<Item = Range<usize>> {
    let next = move |end: usize| (end < text.len()).then(|| line(text, end + 1));
    std::iter::successors(next(end), move |line| next(line.end))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn is_content(line: &str) -> bool {
    !line.trim().is_empty() && !is_comment(line)
}
