//! Names of files that are worth reading.

use std::ffi::OsStr;

/// `.yaml`, `.yml`, `.json` in any case, and kustomize's name without an extension.
pub(super) fn is_manifest(name: &OsStr) -> bool {
    ends_in(name, &[b".yaml", b".yml", b".json"]) || name == "Kustomization"
}

/// Templates and Markdown, in any case.
pub(super) fn is_text(name: &OsStr) -> bool {
    ends_in(
        name,
        &[b".md", b".markdown", b".j2", b".jinja", b".tpl", b".tmpl", b".gotmpl", b".tftpl", b".tf"],
    )
}

fn ends_in(name: &OsStr, ends: &[&[u8]]) -> bool {
    let name = name.as_encoded_bytes();
    let ends_in =
        |end: &[u8]| name.len() > end.len() && name[name.len() - end.len()..].eq_ignore_ascii_case(end);
    ends.iter().any(|end| ends_in(end))
}
