//! The YAML blocks of a Markdown text.
//!
//! Source: `CommonMark` 0.31, section 4.5, "Fenced code blocks".

/// A fenced block whose info string says YAML.
pub(super) struct Fence {
    /// Its content, without the indentation of the fence.
    pub(super) text: String,
    /// For each line of the content where it starts there and in the whole text.
    lines: Vec<(usize, usize)>,
}

impl Fence {
    /// Where the byte at `offset` of the content stands in the whole text.
    pub(super) fn original(&self, offset: usize) -> usize {
        let line = self.lines.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        self.lines.get(line).map_or(offset, |(start, original)| original + offset - start)
    }
}

/// The YAML blocks of `markdown`, in order. A block that is not closed goes on to the end.
pub(super) fn yaml_blocks(markdown: &str) -> Vec<Fence> {
    let mut blocks = Vec::new();
    let mut open: Option<(Opening<'_>, Option<Fence>)> = None;
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        match &mut open {
            None => {
                open = Opening::of(line).map(|opening| {
                    let is_yaml = matches!(&*opening.language.to_ascii_lowercase(), "yaml" | "yml");
                    (opening, is_yaml.then(|| Fence { text: String::new(), lines: Vec::new() }))
                });
            }
            Some((opening, _)) if opening.is_closed_by(line) => {
                blocks.extend(open.take().and_then(|(_, fence)| fence));
            }
            Some((opening, fence)) => {
                if let Some(fence) = fence {
                    let blanks = line.len() - line.trim_start_matches(' ').len();
                    let cut = blanks.min(opening.indent);
                    fence.lines.push((fence.text.len(), at + cut));
                    fence.text.push_str(&line[cut..]);
                }
            }
        }
        at += line.len();
    }
    blocks.extend(open.and_then(|(_, fence)| fence));
    blocks
}

/// The line that opens a block.
struct Opening<'t> {
    indent: usize,
    mark: char,
    length: usize,
    language: &'t str,
}

impl<'t> Opening<'t> {
    /// In a list a fence may stand at any column.
    fn of(line: &'t str) -> Option<Self> {
        let rest = line.trim_start_matches(' ');
        let mark = rest.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        if length < 3 || mark == '`' && info.contains('`') {
            return None;
        }
        let language = info
            .split(|end: char| end.is_whitespace() || end == '{' || end == ',')
            .find(|word| !word.is_empty());
        Some(Self { indent: line.len() - rest.len(), mark, length, language: language.unwrap_or_default() })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|character| character == self.mark)
    }
}
