//! What an ignore comment says.

use super::MARKER;
use crate::phrase::{List, Literal, literals};
use crate::rules::{find, similar};

/// How a comment has to be written, for those who wrote it otherwise.
const FORM: &str = "write `# flux-forge: ignore RULE REASON`";

/// The rules that the comment `text`, with its `#`, ignores, or what is wrong with it; `None` for any other comment.
pub(super) fn read(text: &str) -> Option<Result<Vec<&'static str>, String>> {
    let said = text.trim_start_matches('#').trim_start().strip_prefix(MARKER)?;
    Some(ignored(said.trim()).map_err(|why| format!("the comment ignores nothing: {why}; {FORM}")))
}

fn ignored(said: &str) -> Result<Vec<&'static str>, String> {
    let (verb, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
    if verb != "ignore" {
        return Err(format!("{} is no instruction", Literal(verb)));
    }
    let (ids, reason) = ids_and_reason(rest.trim());
    if ids.is_empty() {
        return Err("it names no rule".to_owned());
    }
    let rules = ids.into_iter().map(ignorable).collect::<Result<_, _>>()?;
    if reason.contains(char::is_alphanumeric) { Ok(rules) } else { Err("it gives no reason".to_owned()) }
}

/// Names with commas between them, blanks after a comma allowed, and what follows the last one.
fn ids_and_reason(text: &str) -> (Vec<&str>, &str) {
    let mut ids = Vec::new();
    let mut rest = text;
    loop {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        ids.extend(word.split(',').filter(|id| !id.is_empty()));
        rest = after.trim_start();
        if !word.ends_with(',') || rest.is_empty() {
            return (ids, rest);
        }
    }
}

/// The rule with this id, or why there is none that can be ignored: a sentence without a final period.
pub fn ignorable(id: &str) -> Result<&'static str, String> {
    let Some(rule) = find(id) else {
        let near = similar(id);
        let meant =
            if near.is_empty() { String::new() } else { format!(", only {}", List(&literals(&near), "or")) };
        return Err(format!("there is no rule {}{meant}", Literal(id)));
    };
    let about_ignores = [super::UNUSED, super::MALFORMED].contains(&rule.meta.id);
    if about_ignores { Err(format!("{} cannot be ignored itself", Literal(id))) } else { Ok(rule.meta.id) }
}
