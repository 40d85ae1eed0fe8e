//! Where things end: comments, strings, heredocs and whole expressions.

/// A place in a text, to be moved on. Everything it stops at is ASCII, so it never stops inside of a character.
pub(super) struct Skip<'t> {
    text: &'t str,
    pub(super) at: usize,
}

impl<'t> Skip<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What is left; empty inside of a character, where only broken text leads.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Spaces and comments; line breaks too where they mean nothing.
    pub(super) fn blank(&mut self, lines: bool) {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' if !lines => break,
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ if !self.comment() => break,
                _ => {}
            }
        }
    }

    /// The rest of the line with its break; at least one byte.
    pub(super) fn line(&mut self) {
        let bytes = &self.text.as_bytes()[self.at..];
        self.at += memchr::memchr(b'\n', bytes).map_or(bytes.len(), |end| end + 1);
    }

    /// A comment, without the line break behind it.
    fn comment(&mut self) -> bool {
        let bytes = &self.text.as_bytes()[self.at..];
        let length = if bytes.starts_with(b"#") || bytes.starts_with(b"//") {
            memchr::memchr(b'\n', bytes)
        } else if bytes.starts_with(b"/*") {
            memchr::memmem::find(bytes, b"*/").map(|end| end + 2)
        } else {
            return false;
        };
        self.at += length.unwrap_or(bytes.len());
        true
    }

    /// A string in double quotes, with the templates in it.
    pub(super) fn string(&mut self) {
        self.at += 1;
        // What is open: strings and the braces of templates, in each other.
        let mut open = vec![b'"'];
        while let (Some(&innermost), Some(byte)) = (open.last(), self.peek()) {
            let next = self.text.as_bytes().get(self.at + 1).copied();
            self.at += 1;
            match (innermost, byte) {
                (b'"', b'\n') => return,
                (b'"', b'\\') => self.at += 1,
                (b'"', b'$' | b'%') if next == Some(byte) => self.at += 1,
                (b'"', b'$' | b'%') if next == Some(b'{') => {
                    self.at += 1;
                    open.push(b'{');
                }
                (b'"', b'"') | (b'{', b'}') => drop(open.pop()),
                (b'{', b'"' | b'{') => open.push(byte),
                _ => {}
            }
        }
        // What a backslash hides may have been a part of a character.
        self.at =
            (self.at..=self.text.len()).find(|&at| self.text.is_char_boundary(at)).unwrap_or(self.text.len());
    }

    /// `<<EOF` with its lines, without the line break behind it.
    fn heredoc(&mut self) -> bool {
        let Some(word) = heredoc_word(self.rest()) else { return false };
        self.line();
        while self.at < self.text.len() {
            let rest = self.rest();
            let line = rest.lines().next().unwrap_or_default();
            if line.trim() == word {
                self.at += line.len();
                return true;
            }
            self.line();
        }
        true
    }

    /// An expression, up to the end of its line or to a bracket that it did not open; where its last part ends.
    pub(super) fn expression(&mut self) -> usize {
        let (mut depth, mut end) = (0_usize, self.at);
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' | b')' | b']' | b'}' if depth == 0 => break,
                _ if byte.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                _ if self.comment() => continue,
                b'"' => self.string(),
                b'<' if self.heredoc() => {}
                _ => {
                    depth += usize::from(matches!(byte, b'(' | b'[' | b'{'));
                    depth -= usize::from(matches!(byte, b')' | b']' | b'}'));
                    self.at += 1;
                }
            }
            end = self.at;
        }
        end
    }
}

/// The word that ends the heredoc which `text` starts with.
pub(super) fn heredoc_word(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("<<")?;
    let word = rest.strip_prefix('-').unwrap_or(rest).lines().next()?.trim();
    (!word.is_empty() && word.bytes().all(super::is_word)).then_some(word)
}
