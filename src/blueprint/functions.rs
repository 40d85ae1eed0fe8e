//! The helpers that templates may call, beside Handlebars' own `if`, `unless`, `each` and comparisons.
//!
//! | Helper | Gives |
//! |---|---|
//! | `yaml x` | `x` as a YAML scalar that every reader takes for `x` |
//! | `remark x` | `x` as a comment of YAML or a shell, on one line |
//! | `text a b …` | its parts joined to one text |
//! | `words list` | `` `a`, `b`, and `c` `` |
//! | `pad x width` | `x` filled up with spaces |
//!
//! `each` is ours too: inside it every name means what it means outside, and the item is what its block names.
//! Handlebars' own would look names up in the item first, and find none of the others.

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext,
    RenderError, RenderErrorReason, Renderable, ScopedJson,
};
use serde_json::Value;

use crate::phrase::{List, literals};
use crate::yaml::write;

/// Handlebars' own helpers that templates may call; the others guess or print to the terminal.
pub(super) const BUILT_IN: [&str; 8] = ["if", "unless", "each", "eq", "ne", "and", "or", "not"];
/// Ours.
pub(super) const OWN: [&str; 5] = ["yaml", "text", "words", "pad", "remark"];
/// Those of ours that guard what they print in YAML.
pub(super) const GUARDS: [&str; 2] = ["yaml", "remark"];

type Compute = fn(&[&Value]) -> Result<String, &'static str>;

struct Function {
    name: &'static str,
    compute: Compute,
}

impl HelperDef for Function {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        let values: Vec<_> = helper.params().iter().map(handlebars::PathAndJson::value).collect();
        let text = (self.compute)(&values)
            .map_err(|problem| RenderErrorReason::Other(format!("`{}` {problem}", self.name)))?;
        Ok(ScopedJson::Derived(Value::String(text)))
    }
}

/// Renders its block once for each item of a list.
struct Each;

impl HelperDef for Each {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        output: &mut dyn Output,
    ) -> HelperResult {
        let wrong = || RenderErrorReason::Other("`each` takes one list and names its item".into());
        let list = helper.param(0).ok_or_else(wrong)?;
        let items = list.value().as_array().ok_or_else(wrong)?;
        let name = helper.block_param().ok_or_else(wrong)?;
        let template = if items.is_empty() { helper.inverse() } else { helper.template() };
        let Some(template) = template else { return Ok(()) };
        if items.is_empty() {
            return template.render(registry, context, render, output);
        }
        for (index, item) in items.iter().enumerate() {
            let mut names = BlockParams::new();
            match list.context_path() {
                Some(path) => names.add_path(name, [&path[..], &[index.to_string()]].concat())?,
                None => names.add_value(name, item.clone())?,
            }
            let mut block = BlockContext::new();
            block.set_block_params(names);
            block.set_local_var("first", Value::Bool(index == 0));
            block.set_local_var("last", Value::Bool(index + 1 == items.len()));
            render.push_block(block);
            let result = template.render(registry, context, render, output);
            render.pop_block();
            result?;
        }
        Ok(())
    }
}

pub(super) fn register(registry: &mut Handlebars<'_>) {
    let functions: [(&str, Compute); OWN.len()] =
        [(OWN[0], yaml), (OWN[1], text), (OWN[2], words), (OWN[3], pad), (OWN[4], remark)];
    registry.register_helper("each", Box::new(Each));
    for (name, compute) in functions {
        registry.register_helper(name, Box::new(Function { name, compute }));
    }
}

fn yaml(values: &[&Value]) -> Result<String, &'static str> {
    match values {
        [Value::String(text)] => Ok(quote(text)),
        [value @ (Value::Bool(_) | Value::Number(_))] => Ok(value.to_string()),
        _ => Err("takes one text, number or truth value"),
    }
}

/// A scalar on one line. Regular expressions stand in single quotes, where a backslash needs no second one.
fn quote(text: &str) -> String {
    let scalar = write::scalar(text);
    if scalar.starts_with('"') && text.contains('\\') { write::single_quoted(text) } else { scalar }
}

fn text(values: &[&Value]) -> Result<String, &'static str> {
    let parts = values.iter().map(|value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err("takes texts and numbers"),
    });
    parts.collect()
}

/// Whatever could end the line of a comment becomes a blank.
fn remark(values: &[&Value]) -> Result<String, &'static str> {
    let [Value::String(text)] = values else { return Err("takes one text") };
    let blank = |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    let words: Vec<&str> = text.split(|character: char| blank(character) || character == ' ').collect();
    Ok(format!("# {}", words.join(" ").trim_end()))
}

fn words(values: &[&Value]) -> Result<String, &'static str> {
    let [Value::Array(items)] = values else { return Err("takes one list") };
    let items: Option<Vec<_>> = items.iter().map(Value::as_str).collect();
    Ok(List(&literals(&items.ok_or("takes a list of texts")?), "and").to_string())
}

fn pad(values: &[&Value]) -> Result<String, &'static str> {
    match values {
        [Value::String(text), Value::Number(width)] => {
            let width = width.as_u64().and_then(|width| usize::try_from(width).ok());
            Ok(format!("{text:<width$}", width = width.unwrap_or_default()))
        }
        _ => Err("takes a text and a width"),
    }
}
