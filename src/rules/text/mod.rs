//! Rules about texts in which manifests are only written down: templates, documentation, comments, strings.

mod fence;
pub(super) mod old_version_in_document;
pub(super) mod old_version_in_template;
pub(super) mod text_like_an_object;
mod token;
