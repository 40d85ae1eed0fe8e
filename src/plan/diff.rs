//! The one unified diff: a patch as Git writes it and `git apply` takes it, byte for byte.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::{Plan, after, stale};
use crate::error::Result;
use crate::repo::{File, Repo};

/// Lines around a change that a patch shows, as Git's default.
const CONTEXT: usize = 3;

/// The patch that does what `plan` does to `repo`; empty for an empty plan.
///
/// These are bytes, not text: line endings and encodings stay as they are in the files.
pub fn diff(plan: &Plan, repo: &Repo) -> Result<Vec<u8>> {
    let mut patch = Vec::new();
    for (path, entry) in plan.entries() {
        let before = repo.read(path)?;
        let after = after(&entry.change, before.as_ref()).map_err(|reason| stale(path, &reason))?;
        write_file(&mut patch, path, before.as_ref(), after.as_ref());
    }
    Ok(patch)
}

fn write_file(patch: &mut Vec<u8>, path: &str, before: Option<&File>, after: Option<&File>) {
    let (a, b) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
    let mut head = format!("diff --git {a} {b}\n");
    match (before, after) {
        (None, Some(file)) => writeln!(head, "new file mode {}", mode(file)),
        (Some(file), None) => writeln!(head, "deleted file mode {}", mode(file)),
        _ => Ok(()),
    }
    .expect("writing to a string does not fail");
    patch.extend_from_slice(head.as_bytes());

    let old = lines(before);
    let new = lines(after);
    let groups = group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), CONTEXT);
    if groups.is_empty() {
        return;
    }
    // Git ends a name that contains white space with a tab, since dates may follow.
    let tab = if path.contains(char::is_whitespace) { "\t" } else { "" };
    let name = |file: Option<&File>, name: &str| match file {
        Some(_) => format!("{name}{tab}"),
        None => "/dev/null".to_owned(),
    };
    let names = format!("--- {}\n+++ {}\n", name(before, &a), name(after, &b));
    patch.extend_from_slice(names.as_bytes());
    for group in &groups {
        write_hunk(patch, group, &old, &new);
    }
}

fn write_hunk(patch: &mut Vec<u8>, group: &[DiffOp], old: &[&[u8]], new: &[&[u8]]) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return };
    let old_range = first.old_range().start..last.old_range().end;
    let new_range = first.new_range().start..last.new_range().end;
    patch.extend_from_slice(format!("@@ -{} +{} @@\n", place(&old_range), place(&new_range)).as_bytes());
    for op in group {
        if let DiffOp::Equal { .. } = op {
            write_lines(patch, b' ', &old[op.old_range()]);
        } else {
            write_lines(patch, b'-', &old[op.old_range()]);
            write_lines(patch, b'+', &new[op.new_range()]);
        }
    }
}

fn write_lines(patch: &mut Vec<u8>, sign: u8, lines: &[&[u8]]) {
    for line in lines {
        patch.push(sign);
        patch.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            patch.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

/// Lines are counted from 1; an empty range names the line before it.
fn place(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        count => format!("{},{count}", range.start + 1),
    }
}

fn lines(file: Option<&File>) -> Vec<&[u8]> {
    file.map_or(&[][..], |file| &file.bytes).split_inclusive(|&byte| byte == b'\n').collect()
}

fn mode(file: &File) -> &'static str {
    if file.executable { "100755" } else { "100644" }
}

/// Git's quoting of a name: in double quotes with C escapes where it has special or non-ASCII bytes.
fn quoted(name: &str) -> String {
    if name.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\') {
        return name.to_owned();
    }
    let mut quoted = String::from("\"");
    for byte in name.bytes() {
        match byte {
            b'"' => quoted.push_str("\\\""),
            b'\\' => quoted.push_str("\\\\"),
            b'\n' => quoted.push_str("\\n"),
            b'\t' => quoted.push_str("\\t"),
            b'\r' => quoted.push_str("\\r"),
            b' '..0x7f => quoted.push(char::from(byte)),
            _ => write!(quoted, "\\{byte:03o}").expect("writing to a string does not fail"),
        }
    }
    quoted.push('"');
    quoted
}
