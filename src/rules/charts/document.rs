//! A document more in a file.

use crate::change::{self, Edit};
use crate::flux::SourceFile;
use crate::yaml::write::{Style, entry};
use crate::yaml::{self, Document, Operation, Stream, Value};

/// The edits that carry out `operations` on the document with the index `at`, and put a document with the entries `new`
/// before it; or why that cannot be. All other documents and all comments were seen to stay as they are.
pub(super) fn edits(
    file: &SourceFile<'_>,
    at: usize,
    operations: &[Operation],
    new: &[(String, Value)],
) -> Result<Vec<Edit>, String> {
    let text = &*file.text;
    if file.host.is_some() {
        return Err("it is written inside of another object".to_owned());
    }
    let starts = |marker: &str| text.lines().any(|line| line.starts_with(marker));
    if text.trim_start().starts_with('{') || starts("...") || starts("%") {
        return Err(
            "its file cannot take another document: it is JSON, or has `...` or a directive".to_owned()
        );
    }
    let operations: Vec<(usize, Operation)> = operations.iter().map(|one| (at, one.clone())).collect();
    let mut edits = yaml::edits(text, &file.stream, &operations).map_err(|refusal| refusal.to_string())?;
    let before = change::apply(text, &edits).map_err(|clash| clash.to_string())?;
    let root = file.stream.documents[at].node().ok_or("it cannot be read")?;
    edits.push(insert(text, root.start, new));
    let after = change::apply(text, &edits).map_err(|clash| clash.to_string())?;
    if is_one_more(&before, &after, at) {
        Ok(edits)
    } else {
        Err("its file would not read as intended".to_owned())
    }
}

/// Puts the document at the marker before the byte `start`, or at the start of the text where there is none.
fn insert(text: &str, start: usize, new: &[(String, Value)]) -> Edit {
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let entries = new.iter().map(|(key, value)| entry(key, value, Style::Block, 0, line_break) + line_break);
    let document: String = entries.collect();
    if let Some(at) = marker(text, start) {
        return Edit::insert(at, format!("---{line_break}{document}"));
    }
    let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    Edit::insert(first, format!("{document}---{line_break}"))
}

/// Where the line begins that starts the document with the byte `start`.
fn marker(text: &str, start: usize) -> Option<usize> {
    let mut line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    loop {
        if text[line..].starts_with("---") {
            return Some(line);
        }
        line = text[..line.checked_sub(1)?].rfind('\n').map_or(0, |at| at + 1);
    }
}

/// Whether `after` is `before` with a document more at `at`.
fn is_one_more(before: &str, after: &str, at: usize) -> bool {
    let (old, new) = (yaml::parse(before), yaml::parse(after));
    let source = |text: &str, document: &Document<'_>| {
        let node = document.node().map(|node| node.start..node.range.end);
        text[node.unwrap_or_default()].to_owned()
    };
    let comments = |text: &str, stream: &Stream<'_>| -> Vec<String> {
        let comments = stream.documents.iter().flat_map(|document| &document.comments);
        comments.map(|comment| text[comment.range.clone()].to_owned()).collect()
    };
    let mut rest: Vec<String> = new.documents.iter().map(|document| source(after, document)).collect();
    if at >= rest.len() || new.documents.iter().any(|document| document.root.is_err()) {
        return false;
    }
    rest.remove(at);
    let all: Vec<String> = old.documents.iter().map(|document| source(before, document)).collect();
    rest == all && comments(before, &old) == comments(after, &new)
}
