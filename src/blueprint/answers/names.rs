//! Names as Kubernetes takes them: DNS labels.

use super::raw::{Field, Problem, Raw, RawValue, nearest, proposal};
use crate::phrase::{List, literals};

/// What a name may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    /// Longest length in characters; with what is put before and behind it stays within the 63 of a DNS label.
    pub(super) max: usize,
    /// Names that mean something else.
    pub(super) reserved: &'static [&'static str],
    /// What is accepted, in words.
    pub(super) accepted: &'static str,
}

impl Name {
    /// Reads a name, or says why it is none.
    pub(super) fn read(&self, raw: &Raw, key: &str) -> Result<String, Problem> {
        let text = raw.expect_text(key, self.accepted)?;
        let problem = if self.reserved.contains(&text) {
            "which is reserved".to_owned()
        } else if text.len() > self.max {
            format!(
                "which is {} characters long; {} leave room for what names are made of it",
                text.len(),
                self.max
            )
        } else if !is_label(text) {
            let corrected = text.to_ascii_lowercase().replace(['_', ' ', '.'], "-");
            let good = is_label(&corrected) && !self.reserved.contains(&corrected.as_str());
            format!("which is no DNS label{}", proposal(&corrected, good))
        } else {
            return Ok(text.to_owned());
        };
        Err(raw.problem(key, format!("is `{text}`, {problem}"), self.accepted))
    }
}

fn is_label(text: &str) -> bool {
    let holds = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.bytes().all(holds) && !text.starts_with('-') && !text.ends_with('-')
}

/// The value of `key` among `fields`.
pub(super) fn field<'f>(fields: &'f [Field], key: &str) -> Option<&'f Raw> {
    fields.iter().find(|field| field.key == key).map(|field| &field.value)
}

/// A field made of a piece of text.
pub(super) fn made(key: &str, value: RawValue, place: &str) -> Field {
    Field { key: key.into(), key_place: place.into(), value: Raw { value, place: place.into() } }
}

/// The fields that are none of `known`.
pub(super) fn unknown<'f>(
    fields: &'f [Field],
    key: &'f str,
    known: &'static [&'static str],
) -> impl Iterator<Item = Problem> + 'f {
    let strange = fields.iter().filter(move |field| !known.contains(&field.key.as_str()));
    strange.map(move |field| Problem {
        key: key.into(),
        place: field.key_place.clone(),
        message: format!("has the unknown key `{}`{}", field.key, nearest(&field.key, known)),
        accepted: List(&literals(known), "and").to_string(),
    })
}
