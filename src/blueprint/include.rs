//! Fragments: a line that holds only `{{> name}}` stands for the text of `parts/<name>.hbs`.
//!
//! Every line of the fragment gets the indentation of the tag. It is put in before the template is compiled, so it sees
//! exactly the names of the place it stands in.

use std::collections::BTreeMap;

use crate::error::{Error, Kind, Result};

/// Where the fragments lie, below the folder of a blueprint.
const FOLDER: &str = "parts/";
/// Fragments within fragments; more than this is a circle.
const DEPTH: usize = 8;

/// A template with its fragments put in.
pub(super) struct Expanded {
    pub(super) text: String,
    /// For each line of `text` the file and the line that it comes from.
    origins: Vec<(String, usize)>,
}

impl Expanded {
    /// Where a line of the text, counted from 1, stands: `parts/verify.hbs, line 3`.
    pub(super) fn place(&self, line: usize) -> String {
        let origin = line.checked_sub(1).and_then(|index| self.origins.get(index));
        origin.map_or_else(|| format!("line {line}"), |(file, line)| format!("`{file}`, line {line}"))
    }
}

/// `text`, which stands in `file`, with the fragments among `files` put in.
pub(super) fn expand(file: &str, text: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Expanded> {
    let mut expanded = Expanded { text: String::with_capacity(text.len()), origins: Vec::new() };
    lines(file, text, "", files, DEPTH, &mut expanded)?;
    Ok(expanded)
}

fn lines(
    file: &str,
    text: &str,
    indent: &str,
    files: &BTreeMap<String, Vec<u8>>,
    depth: usize,
    expanded: &mut Expanded,
) -> Result<()> {
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let wrong =
            |problem: String| Error::new(Kind::Input, format!("`{file}`, line {}: {problem}", index + 1));
        let Some(name) = tag(line) else {
            if line.trim().is_empty() {
                expanded.text.push_str(line);
            } else {
                expanded.text.push_str(indent);
                expanded.text.push_str(line);
            }
            expanded.origins.push((file.to_owned(), index + 1));
            continue;
        };
        let path = format!("{FOLDER}{name}.hbs");
        let bytes = files.get(&path).ok_or_else(|| wrong(format!("there is no fragment `{path}`")))?;
        let fragment =
            std::str::from_utf8(bytes).map_err(|_| wrong(format!("the fragment `{path}` is not UTF-8")))?;
        if depth == 0 {
            return Err(wrong(format!("the fragment `{path}` holds itself in the end")));
        }
        let own = &line[..line.len() - line.trim_start().len()];
        lines(&path, fragment, &format!("{indent}{own}"), files, depth - 1, expanded)?;
        // What follows the tag stands on a line of its own, whether or not the fragment ends its last one.
        if line.ends_with('\n') && !fragment.is_empty() && !expanded.text.ends_with('\n') {
            expanded.text.push('\n');
        }
    }
    Ok(())
}

/// The name in a line that is nothing but the tag of a fragment.
fn tag(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix("{{>")?.strip_suffix("}}")?.trim();
    let plain = inner.chars().all(|character| character.is_ascii_alphanumeric() || "-_/".contains(character));
    (plain && !inner.is_empty()).then_some(inner)
}
