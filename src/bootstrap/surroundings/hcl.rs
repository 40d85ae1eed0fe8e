//! A light reader of Terraform's language: blocks with their attributes, every value as the text it is written in.
//!
//! Source: hashicorp/hcl `hclsyntax/spec.md`. Expressions are not understood, only where each of them ends.

mod literal;
mod skip;

use std::borrow::Cow;
use std::ops::Range;

pub(super) use literal::{Literal, literal};
use skip::Skip;

/// Blocks do not lie deeper than this in each other; what does is not read.
const DEEPEST: usize = 32;

/// `kind "label" { … }`.
#[derive(Debug)]
pub(super) struct Block<'t> {
    /// The word that it opens with.
    pub(super) kind: &'t str,
    /// Its labels, without quotes.
    pub(super) labels: Vec<Cow<'t, str>>,
    /// From the first word to the last label.
    pub(super) header: Range<usize>,
    /// Its attributes, in order.
    pub(super) attributes: Vec<Attribute<'t>>,
    /// The blocks in it, in order.
    pub(super) blocks: Vec<Block<'t>>,
}

/// `name = value`.
#[derive(Debug)]
pub(super) struct Attribute<'t> {
    /// Its name.
    pub(super) name: &'t str,
    /// From the name to the end of the value.
    pub(super) range: Range<usize>,
    /// The value as it is written.
    pub(super) text: &'t str,
}

/// The blocks at the top of a file. What is not understood is passed over, line by line.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    Reader { text, skip: Skip::new(text) }.body(0).1
}

impl<'t> Block<'t> {
    /// The attribute with this name.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute<'t>> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The text that an attribute is set to, where it is a literal.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match literal(self.get(name)?.text)? {
            Literal::Text(text) => Some(text),
            Literal::Flag(_) | Literal::Texts(_) => None,
        }
    }

    /// The attributes of the block and of those in it.
    pub(super) fn all_attributes(&self) -> Vec<&Attribute<'t>> {
        let inner = self.blocks.iter().flat_map(Block::all_attributes);
        self.attributes.iter().chain(inner).collect()
    }
}

struct Reader<'t> {
    text: &'t str,
    skip: Skip<'t>,
}

impl<'t> Reader<'t> {
    /// Reads up to the brace that closes the block, or to the end.
    fn body(&mut self, depth: usize) -> (Vec<Attribute<'t>>, Vec<Block<'t>>) {
        let (mut attributes, mut blocks) = (Vec::new(), Vec::new());
        loop {
            self.skip.blank(true);
            match self.skip.peek() {
                None => break,
                Some(b'}') => {
                    self.skip.at += 1;
                    break;
                }
                Some(_) => self.item(depth, &mut attributes, &mut blocks),
            }
        }
        (attributes, blocks)
    }

    fn item(&mut self, depth: usize, attributes: &mut Vec<Attribute<'t>>, blocks: &mut Vec<Block<'t>>) {
        let start = self.skip.at;
        let Some(name) = self.word() else { return self.skip.line() };
        self.skip.blank(false);
        if self.skip.rest().starts_with('=') && !self.skip.rest().starts_with("==") {
            self.skip.at += 1;
            self.skip.blank(false);
            let value = self.skip.at;
            let end = self.skip.expression();
            attributes.push(Attribute { name, range: start..end, text: &self.text[value..end] });
            return;
        }
        let mut labels = Vec::new();
        let mut header_end = start + name.len();
        loop {
            self.skip.blank(false);
            match self.skip.peek() {
                Some(b'{') => break,
                Some(b'"') => {
                    let label = self.skip.at;
                    self.skip.string();
                    labels.push(Cow::Borrowed(self.text[label..self.skip.at].trim_matches('"')));
                }
                _ => match self.word() {
                    Some(label) => labels.push(Cow::Borrowed(label)),
                    None => return self.skip.line(),
                },
            }
            header_end = self.skip.at;
        }
        self.skip.at += 1;
        let (inner, nested) = if depth < DEEPEST {
            self.body(depth + 1)
        } else {
            self.skip.at = self.text.len();
            (Vec::new(), Vec::new())
        };
        let header = start..header_end;
        blocks.push(Block { kind: name, labels, header, attributes: inner, blocks: nested });
    }

    fn word(&mut self) -> Option<&'t str> {
        let rest = self.skip.rest();
        let length = rest.bytes().take_while(|&byte| is_word(byte)).count();
        self.skip.at += length;
        (length > 0).then(|| &rest[..length])
    }
}

/// Whether a byte can be part of a name.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
