//! Edits in the text of a scalar, carried over to the bytes that it is written with.

use super::Refusal;
use super::document::{Node, NodeKind, ScalarStyle};
use super::image::Image;
use super::operation::Operation;
use super::route::Route;
use super::site::Site;
use super::{literal, write};
use crate::change::{self, Edit};

/// The edits of the file that `Operation::Edit` of `batch` want in the scalar at `at`.
pub(super) fn edits(site: &Site, at: &Route, batch: &[&Operation]) -> Result<Vec<Edit>, Refusal> {
    let node = site.node(at)?;
    let NodeKind::Scalar { text, style } = &node.kind else {
        return Err(Refusal::NotFound(format!("a text at `{at}`")));
    };
    let wanted = together(at, batch)?;
    change::apply(text, &wanted)?;
    if *style == ScalarStyle::Literal {
        return literal::edits(site, node, text, &wanted)
            .map_err(|why| Refusal::Unsupported(format!("the text at `{at}` {why}")));
    }
    in_image(site, at, node, *style, &wanted)
}

/// What `batch` wants in the scalar at `at`, in order; inserts at one place are joined.
pub(super) fn together(at: &Route, batch: &[&Operation]) -> Result<Vec<Edit>, Refusal> {
    let edits = batch.iter().filter_map(|operation| match operation {
        Operation::Edit { at: other, edits } if other == at => Some(edits.iter().cloned()),
        _ => None,
    });
    Ok(change::ordered(&change::joined(edits.flatten().collect()))?)
}

fn in_image(
    site: &Site,
    at: &Route,
    node: &Node,
    style: ScalarStyle,
    wanted: &[Edit],
) -> Result<Vec<Edit>, Refusal> {
    let unsupported = |why: &str| Refusal::Unsupported(format!("the text at `{at}` {why}"));
    let image = Image::of(site.text, node)
        .ok_or_else(|| unsupported("is written in a way that edits in it cannot follow"))?;
    wanted
        .iter()
        .map(|edit| {
            let range = image
                .range(&edit.range())
                .ok_or_else(|| unsupported("has an escape or a fold where it would be edited"))?;
            let written = written(&edit.text, style)
                .ok_or_else(|| unsupported("cannot hold the new text in its style"))?;
            Ok(Edit::replace(range, written))
        })
        .collect()
}

/// `text` as it stands inside of a scalar of `style`; `None` where that cannot hold it.
fn written(text: &str, style: ScalarStyle) -> Option<String> {
    let within = |quoted: &str| quoted[1..quoted.len() - 1].to_owned();
    match style {
        ScalarStyle::DoubleQuoted => Some(within(&write::quoted(text))),
        ScalarStyle::SingleQuoted => {
            Some(write::single_quoted(text)).filter(|quoted| quoted.starts_with('\'')).as_deref().map(within)
        }
        _ => (!text.contains(['\n', '\r'])).then(|| text.to_owned()),
    }
}
