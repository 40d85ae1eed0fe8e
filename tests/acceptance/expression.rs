//! The templates of ResourceSets, as far as they are generated: `<< inputs.x | quote >>` and a few functions.

use serde_json::Value;

use super::value::{at, each_text, list, text};

/// The objects of a `ResourceSet`.
pub(super) fn expand(set: &Value) -> Result<Vec<Value>, String> {
    let nothing = [Value::Null];
    let inputs = if list(set, "spec.inputs").is_empty() { &nothing } else { list(set, "spec.inputs") };
    let mut objects = Vec::new();
    for input in inputs {
        for resource in list(set, "spec.resources") {
            let mut object = resource.clone();
            each_text(&mut object, &mut |text| fill(text, input))?;
            objects.push(object);
        }
        let template = text(set, "spec.resourcesTemplate");
        objects.extend(super::tree::parse("resourcesTemplate", &print(template, input)?)?);
    }
    let disabled =
        |object: &Value| super::value::annotation(object, "fluxcd.controlplane.io/reconcile") == "disabled";
    objects.retain(|object| !disabled(object));
    Ok(objects)
}

/// A text that is one expression becomes what that prints, read as YAML, as if it stood there without quotes.
fn fill(text: &str, input: &Value) -> Result<Value, String> {
    let printed = print(text, input)?;
    let whole = text.starts_with("<<") && text.find(">>") == Some(text.len().wrapping_sub(2));
    if !whole {
        return Ok(printed.into());
    }
    serde_yaml::from_str(&printed).map_err(|error| format!("{text}: {error}"))
}

fn print(text: &str, input: &Value) -> Result<String, String> {
    let mut printed = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        let (expression, after) = after.split_once(">>").ok_or_else(|| format!("no end: {text}"))?;
        let mut tokens = tokens(expression)?;
        tokens.reverse();
        let value = pipeline(&mut tokens, input)?;
        if let Some(token) = tokens.pop() {
            return Err(format!("`{token}` is not understood in {expression}"));
        }
        printed.push_str(before);
        printed.push_str(&shown(&value));
        rest = after;
    }
    printed.push_str(rest);
    Ok(printed)
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Words, literals with their opening quote, and `|`, `(`, `)`.
fn tokens(expression: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '`' => 2 + rest[1..].find(first).ok_or_else(|| format!("no end: {expression}"))?,
            '|' | '(' | ')' => 1,
            _ => rest.find([' ', '|', '(', ')']).unwrap_or(rest.len()),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// Commands with `|` between; the tokens come from the end of the list.
fn pipeline(tokens: &mut Vec<String>, input: &Value) -> Result<Value, String> {
    let mut value = command(tokens, input, None)?;
    while tokens.last().is_some_and(|token| token == "|") {
        tokens.pop();
        value = command(tokens, input, Some(value))?;
    }
    Ok(value)
}

fn command(tokens: &mut Vec<String>, input: &Value, piped: Option<Value>) -> Result<Value, String> {
    let mut name = None;
    let mut values = Vec::new();
    while let Some(token) = tokens.last().cloned().filter(|token| token != "|" && token != ")") {
        tokens.pop();
        match token.as_str() {
            "(" => {
                values.push(pipeline(tokens, input)?);
                tokens.pop().filter(|token| token == ")").ok_or("a bracket stays open")?;
            }
            literal if literal.starts_with(['"', '`']) => values.push(literal[1..literal.len() - 1].into()),
            path if path.starts_with("inputs.") => {
                let found = at(input, &path["inputs.".len()..]);
                values.push(found.ok_or_else(|| format!("there is no {path}"))?.clone());
            }
            function if name.is_none() && values.is_empty() => name = Some(function.to_owned()),
            other => return Err(format!("`{other}` is not understood")),
        }
    }
    values.extend(piped);
    match name {
        Some(name) => call(&name, &values),
        None => values.into_iter().next().ok_or_else(|| "an empty command".to_owned()),
    }
}

fn call(name: &str, values: &[Value]) -> Result<Value, String> {
    match (name, values) {
        ("quote", [value]) => Ok(Value::String(shown(value)).to_string().into()),
        ("toJson", [value]) => Ok(value.to_string().into()),
        ("print", values) => Ok(values.iter().map(shown).collect::<String>().into()),
        ("replace", [old, new, within]) => Ok(shown(within).replace(&shown(old), &shown(new)).into()),
        ("ternary", [yes, no, condition]) => {
            Ok(if *condition == Value::Bool(true) { yes.clone() } else { no.clone() })
        }
        _ => Err(format!("the function `{name}` of {} values is not understood", values.len())),
    }
}

#[test]
fn expressions_print_what_the_operator_prints() {
    let input = serde_json::json!({"name": "404", "list": [{"a": 1}], "on": false});
    let printed = |text: &str| print(text, &input).unwrap();
    assert_eq!(printed("a-<< inputs.name >>.<< inputs.on >>"), "a-404.false");
    assert_eq!(printed("<< `${X}+` | replace `+` (print inputs.name `/`) >>$"), "${X}404/$");
    assert_eq!(fill("<< inputs.name | quote >>", &input).unwrap(), "404");
    assert_eq!(fill("<< inputs.name >>", &input).unwrap(), 404);
    assert_eq!(fill("<< inputs.list | toJson >>", &input).unwrap(), input["list"]);
    assert_eq!(printed("<< ternary \"yes\" \"no\" inputs.on >>"), "no");
    assert!(print("<< inputs.nothing >>", &input).is_err() && print("<< range >>", &input).is_err());
}
