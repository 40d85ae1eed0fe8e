//! A page of Markdown in the making, and words for a shell.

/// A page of Markdown.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        self.block(&format!("{} {text}", "#".repeat(level)));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.block(text);
    }

    /// A list; its items are sentences without a final period.
    pub(super) fn items(&mut self, items: &[String]) {
        let lines: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
        self.block(&lines.join("\n"));
    }

    pub(super) fn numbered(&mut self, items: &[String]) {
        let lines: Vec<String> =
            items.iter().enumerate().map(|(at, item)| format!("{}. {item}", at + 1)).collect();
        self.block(&lines.join("\n"));
    }

    /// Lines to copy into a shell.
    pub(super) fn commands(&mut self, lines: &[String]) {
        self.block(&format!("```sh\n{}\n```", lines.join("\n")));
    }

    pub(super) fn table(&mut self, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
        let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
        let rule = format!("|{}", " --- |".repeat(head.len()));
        let rows =
            rows.map(|cells| line(&cells.iter().map(|cell| cell.replace('|', "\\|")).collect::<Vec<_>>()));
        let lines: Vec<String> = [line(&head), rule].into_iter().chain(rows).collect();
        self.block(&lines.join("\n"));
    }

    /// What to look for after commands, and what it means where it is not so.
    pub(super) fn check(&mut self, expected: &str, otherwise: &str) {
        self.block(&format!("- *Check*: {expected}.\n- *If not*: {otherwise}."));
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn block(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(text);
        self.text.push('\n');
    }
}

/// A word as a POSIX shell reads it back.
pub(super) fn word(text: &str) -> String {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "._/-+:@%".contains(char);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
