//! Checks a template against the data that it will get, before anything is rendered.
//!
//! Handlebars' strict mode finds an unknown value only where it is printed: `{{#if unknown}}` is silently false. So
//! every path in the template is looked up in a sample of the data, and in YAML every printed value must go through
//! the helper `yaml`, so that text from an answer cannot break out of the YAML that it lands in.

use handlebars::Template;
use handlebars::template::{BlockParam, HelperTemplate, Parameter, TemplateElement, TemplateMapping};
use handlebars::{Path, PathSeg};
use serde_json::Value;

use super::functions::{BUILT_IN, GUARDS, OWN};
use super::scope;
use super::templates::Language;

/// A line of the template and what is wrong there.
type Wrong = (usize, String);

/// Checks a template; `inputs` is a sample of its data, in which no list is empty, and `names` what is bound in it.
pub(super) fn check(
    template: &Template,
    language: Language,
    inputs: &Value,
    names: &scope::Scope,
) -> Result<(), Wrong> {
    let bound = names.values(inputs).map(|(name, value)| (name.to_owned(), Sample::Value(value)));
    let scope = Scope { bound: bound.collect(), inputs };
    Checker { language }.template(template, &scope)
}

/// What the sample says of a value.
#[derive(Clone, Copy)]
enum Sample<'v> {
    Value(&'v Value),
    /// It exists, but the sample cannot show it: an item of an empty list, what a helper computes.
    Hidden,
}

/// What a path may begin with: names bound by blocks, innermost last, then the inputs.
#[derive(Clone)]
struct Scope<'v> {
    bound: Vec<(String, Sample<'v>)>,
    inputs: &'v Value,
}

impl<'v> Scope<'v> {
    /// The sample of the value at `path`; `None` where there is no such value.
    fn find(&self, path: &[&str]) -> Option<Sample<'v>> {
        let (first, rest) = path.split_first()?;
        let bound = self.bound.iter().rev().find(|(name, _)| name == first);
        let mut value = match bound {
            Some((_, Sample::Hidden)) => return Some(Sample::Hidden),
            Some((_, Sample::Value(value))) => value,
            None => self.inputs.get(first)?,
        };
        for key in rest {
            value = value.get(key)?;
        }
        Some(Sample::Value(value))
    }
}

struct Checker {
    language: Language,
}

impl Checker {
    fn template(&self, template: &Template, scope: &Scope<'_>) -> Result<(), Wrong> {
        let mut elements = template.elements.iter().zip(&template.mapping);
        elements.try_for_each(|(element, place)| self.element(element, place, scope))
    }

    fn element(
        &self,
        element: &TemplateElement,
        place: &TemplateMapping,
        scope: &Scope<'_>,
    ) -> Result<(), Wrong> {
        let at_place = |problem: String| (place.0, problem);
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => Ok(()),
            TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => {
                self.printed(call, scope).map_err(at_place)
            }
            TemplateElement::HelperBlock(call) => {
                let inner = enter(call, scope).map_err(at_place)?;
                call.template.iter().try_for_each(|template| self.template(template, &inner))?;
                call.inverse.iter().try_for_each(|template| self.template(template, scope))
            }
            _ => Err(at_place(
                "a fragment stands on a line of its own, and decorators are not supported".into(),
            )),
        }
    }

    fn printed(&self, call: &HelperTemplate, scope: &Scope<'_>) -> Result<(), String> {
        let helper = called(call);
        if self.language == Language::Yaml && !helper.is_some_and(|helper| GUARDS.contains(&helper)) {
            return Err(
                "a value in YAML must be printed by `{{yaml …}}`, or in a comment by `{{remark …}}`".into()
            );
        }
        match helper {
            Some(helper) if OWN.contains(&helper) => arguments(call, scope),
            Some(helper) => Err(format!("`{helper}` is not a helper that prints")),
            None => parameter(&call.name, scope).map(drop),
        }
    }
}

/// The scope inside a block.
fn enter<'v>(call: &HelperTemplate, scope: &Scope<'v>) -> Result<Scope<'v>, String> {
    let helper = called(call).ok_or("a block must be called by a helper")?;
    if !matches!(helper, "if" | "unless" | "each") {
        return Err(format!("`{helper}` is not a helper for blocks"));
    }
    arguments(call, scope)?;
    let mut inner = scope.clone();
    if helper == "each" {
        inner.bound.push(item(call, scope)?);
    }
    Ok(inner)
}

/// Name of the helper called; `None` where a plain value is printed.
fn called(call: &HelperTemplate) -> Option<&str> {
    match &call.name {
        Parameter::Name(name) => Some(name),
        Parameter::Path(Path::Relative((segments, raw))) if !call.params.is_empty() || is_helper(raw) => {
            (segments.len() == 1).then_some(raw)
        }
        _ => None,
    }
}

fn is_helper(name: &str) -> bool {
    BUILT_IN.contains(&name) || OWN.contains(&name)
}

fn arguments(call: &HelperTemplate, scope: &Scope<'_>) -> Result<(), String> {
    if !call.hash.is_empty() {
        return Err("named arguments are not supported".into());
    }
    call.params.iter().try_for_each(|argument| parameter(argument, scope).map(drop))
}

/// The sample of an argument.
fn parameter<'v>(argument: &Parameter, scope: &Scope<'v>) -> Result<Sample<'v>, String> {
    match argument {
        Parameter::Literal(_) | Parameter::Path(Path::Local(_)) => Ok(Sample::Hidden),
        Parameter::Subexpression(inner) => {
            if !is_helper(inner.name()) {
                return Err(format!("there is no helper `{}`", inner.name()));
            }
            if inner.hash().is_some_and(|hash| !hash.is_empty()) {
                return Err("named arguments are not supported".into());
            }
            let arguments = inner.params().into_iter().flatten();
            arguments.map(|argument| parameter(argument, scope)).try_for_each(|result| result.map(drop))?;
            Ok(Sample::Hidden)
        }
        Parameter::Path(Path::Relative((segments, raw))) => {
            let path: Option<Vec<_>> = segments.iter().map(named).collect();
            let path = path.ok_or_else(|| format!("`{raw}` must be written from its first name on"))?;
            scope.find(&path).ok_or_else(|| unknown(raw))
        }
        other => Err(format!("`{other:?}` is not supported")),
    }
}

fn named(segment: &PathSeg) -> Option<&str> {
    match segment {
        PathSeg::Named(name) => Some(name),
        _ => None,
    }
}

/// Name and sample of the items that an `each` walks over.
fn item<'v>(call: &HelperTemplate, scope: &Scope<'v>) -> Result<(String, Sample<'v>), String> {
    let Some(BlockParam::Single(Parameter::Name(name))) = &call.block_param else {
        return Err("an `each` must name its item: `{{#each items as |item|}}`".into());
    };
    let list = call.params.first().ok_or("`each` takes a list")?;
    match parameter(list, scope)? {
        Sample::Hidden => Ok((name.clone(), Sample::Hidden)),
        Sample::Value(Value::Array(items)) => {
            Ok((name.clone(), items.first().map_or(Sample::Hidden, Sample::Value)))
        }
        Sample::Value(_) => Err("`each` walks over lists only".into()),
    }
}

fn unknown(path: &str) -> String {
    format!("there is no value `{path}`")
}
