//! Commit messages of image automation: from the data that Flux 2.7 took away to what it has instead.
//!
//! ```text
//! range $file, $_ := .Updated.Files      range $file, $_ := .Changed.FileChanges    the keys are the same
//! range $object, $_ := .Updated.Objects  range $object, $_ := .Changed.Objects      the keys are the same
//! range .Updated.Images … {{ . }}        range .Changed.Changes … {{ .NewValue }}   an entry for each changed value
//! ```
//!
//! Whatever else uses the old data has no exact new form. `.Changed.ImageResult` is what `.Updated` was.
//! Sources: fluxcd/image-automation-controller v1.2.1 `internal/source/source.go` and
//! `docs/spec/v1/imageupdateautomations.md`.

mod lex;

use std::ops::Range;

use self::lex::{Action, Token, TokenKind};
use crate::change::Edit;

/// What becomes of a commit message.
#[derive(Debug)]
pub(super) enum Converted {
    /// It does not use what is gone.
    Same,
    /// It does the same after these edits of its text.
    Changed {
        /// The edits.
        edits: Vec<Edit>,
        /// It lists images, which are changed values from now on.
        lists_images: bool,
    },
    /// A person has to write it.
    Unclear {
        /// Number of the action that is the reason, counted from 0; `None` where it is no template.
        action: Option<usize>,
        /// The reason.
        why: String,
    },
}

/// Converts `text`, a Go template.
pub(super) fn convert(text: &str) -> Converted {
    if !text.contains("Updated") && !text.contains("ImageResult") {
        return Converted::Same;
    }
    let Some(actions) = lex::actions(text) else {
        return Converted::Unclear { action: None, why: "it cannot be read as a template".to_owned() };
    };
    let mut walk = Walk { scopes: Vec::new(), edits: Vec::new(), lists_images: false };
    for (index, action) in actions.iter().enumerate() {
        if let Err(why) = walk.action(action) {
            return Converted::Unclear { action: Some(index), why };
        }
    }
    let has_parts = |action: &Action<'_>| {
        matches!(
            action.first().map(|token| &token.kind),
            Some(TokenKind::Word("define" | "block" | "template"))
        )
    };
    let parts = actions.iter().position(has_parts);
    match (walk.edits.is_empty(), parts) {
        (true, _) => Converted::Same,
        (false, None) => Converted::Changed { edits: walk.edits, lists_images: walk.lists_images },
        (false, Some(_)) => Converted::Unclear { action: parts, why: "it has named parts".to_owned() },
    }
}

/// What `.` or a variable is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Thing {
    /// What the whole template is given.
    Root,
    /// Something that has nothing to do with the old data.
    Free,
    /// What the old data hold below a key.
    Held,
    /// The position of an image in its list.
    Position,
    /// An image.
    Image,
}

/// A `range`, `with` or `if` that is open.
struct Scope<'t> {
    dot: Thing,
    variables: Vec<(&'t str, Thing)>,
}

struct Walk<'t> {
    scopes: Vec<Scope<'t>>,
    edits: Vec<Edit>,
    lists_images: bool,
}

impl<'t> Walk<'t> {
    fn action(&mut self, tokens: &[Token<'t>]) -> Result<(), String> {
        let Some((first, rest)) = tokens.split_first() else { return Ok(()) };
        match first.kind {
            TokenKind::Word("end") => drop(self.scopes.pop()),
            TokenKind::Word("else") => {
                let outer =
                    self.scopes.len().checked_sub(2).map_or(Thing::Root, |above| self.scopes[above].dot);
                if let Some(scope) = self.scopes.last_mut() {
                    scope.dot = outer;
                }
                self.uses(rest)?;
                if rest.first().is_some_and(|word| word.kind == TokenKind::Word("with"))
                    && let Some(scope) = self.scopes.last_mut()
                {
                    scope.dot = Thing::Free;
                }
            }
            TokenKind::Word("range") => self.range(rest)?,
            TokenKind::Word(word @ ("if" | "with" | "block" | "define")) => {
                self.uses(rest)?;
                let dot = if word == "if" { self.dot() } else { Thing::Free };
                self.scopes.push(Scope { dot, variables: Vec::new() });
            }
            _ => self.output(tokens)?,
        }
        Ok(())
    }

    fn dot(&self) -> Thing {
        self.scopes.last().map_or(Thing::Root, |scope| scope.dot)
    }

    fn range(&mut self, tokens: &[Token<'t>]) -> Result<(), String> {
        let declared = tokens.iter().position(|token| token.kind == TokenKind::Declare);
        let (names, list) = match declared {
            Some(at) => (&tokens[..at], &tokens[at + 1..]),
            None => (&[] as &[Token<'t>], tokens),
        };
        let names: Vec<&str> = names
            .iter()
            .filter_map(|token| match token.kind {
                TokenKind::Variable(name, _) => Some(name),
                _ => None,
            })
            .collect();
        let old = match list {
            [only] => self.old(only),
            _ => None,
        };
        let Some((at, what)) = old else {
            self.uses(list)?;
            self.scopes.push(Scope { dot: Thing::Free, variables: self.declared(&names, Thing::Free)? });
            return Ok(());
        };
        let (new, thing) = match what {
            ["Files"] => (".Changed.FileChanges", Thing::Held),
            ["Objects"] => (".Changed.Objects", Thing::Held),
            ["Images"] => (".Changed.Changes", Thing::Image),
            _ => return Err(format!("it uses `.{}` of the old data", what.join("."))),
        };
        self.lists_images |= thing == Thing::Image;
        self.edits.push(Edit::replace(at, new));
        let variables = self.declared(&names, thing)?;
        self.scopes.push(Scope { dot: thing, variables });
        Ok(())
    }

    /// What the variables of a `range` over a list of `thing` are.
    fn declared(&self, names: &[&'t str], thing: Thing) -> Result<Vec<(&'t str, Thing)>, String> {
        if names.iter().any(|name| self.variable(name) == Some(Thing::Image)) {
            return Err("it gives the variable of an image another value".to_owned());
        }
        Ok(match (names, thing) {
            ([first, second], Thing::Image) => vec![(first, Thing::Position), (second, thing)],
            ([first, second], _) => vec![(first, Thing::Free), (second, thing)],
            ([only], _) => vec![(only, thing)],
            _ => Vec::new(),
        })
    }

    fn variable(&self, name: &str) -> Option<Thing> {
        let variables = self.scopes.iter().rev().flat_map(|scope| scope.variables.iter().rev());
        variables.into_iter().find(|(known, _)| *known == name).map(|(_, thing)| *thing)
    }

    /// The names and what follows `.Updated` or `.Changed.ImageResult`, where `token` is that of the whole template.
    fn old<'k>(&self, token: &'k Token<'t>) -> Option<(Range<usize>, &'k [&'t str])> {
        let (start, names) = match &token.kind {
            TokenKind::Field(names) if self.dot() == Thing::Root => (token.range.start, names),
            TokenKind::Variable("", names) => (token.range.start + 1, names),
            _ => return None,
        };
        let (["Updated", rest @ ..] | ["Changed", "ImageResult", rest @ ..]) = names.as_slice() else {
            return None;
        };
        Some((start..token.range.end, rest))
    }

    /// An action that prints something.
    fn output(&mut self, tokens: &[Token<'t>]) -> Result<(), String> {
        if let [only] = tokens {
            let is_image = match &only.kind {
                TokenKind::Dot => self.dot() == Thing::Image,
                TokenKind::Variable(name, names) => {
                    names.is_empty() && self.variable(name) == Some(Thing::Image)
                }
                _ => false,
            };
            if is_image {
                let start = if only.kind == TokenKind::Dot { only.range.start } else { only.range.end };
                self.edits.push(Edit::replace(start..only.range.end, ".NewValue"));
                return Ok(());
            }
        }
        self.uses(tokens)
    }

    /// Refuses tokens that use what has no exact new form.
    fn uses(&self, tokens: &[Token<'t>]) -> Result<(), String> {
        tokens.iter().try_for_each(|token| self.uses_one(token))
    }

    fn uses_one(&self, token: &Token<'t>) -> Result<(), String> {
        if let Some((_, rest)) = self.old(token) {
            let path: String = ["Updated"].iter().chain(rest).map(|name| format!(".{name}")).collect();
            return Err(format!("it uses `{path}` otherwise than in a `range` over it"));
        }
        let (thing, first) = match &token.kind {
            TokenKind::Dot => (Some(self.dot()), None),
            TokenKind::Field(names) => (Some(self.dot()), names.first().copied()),
            TokenKind::Variable(name, names) => (self.variable(name), names.first().copied()),
            _ => return Ok(()),
        };
        let why = match (thing, first) {
            (Some(Thing::Held), _) => "it uses what the old data hold besides the names of files and objects",
            (Some(Thing::Position), None) => {
                "it uses the position of an image in a list that is another today"
            }
            (Some(Thing::Image | Thing::Position), _) => {
                "it uses more of an image than its whole text, and a change has only `.OldValue`, `.NewValue` and \
                 `.Setter`"
            }
            (Some(Thing::Free) | None, Some("Updated" | "ImageResult")) => {
                "it uses the old data where `.` is something else"
            }
            (Some(Thing::Free | Thing::Root) | None, _) => return Ok(()),
        };
        Err(why.to_owned())
    }
}
