//! What is to be written, shown and changed until the user agrees.

use std::path::Path;

use super::interview::{self, Interview};
use super::review::{Next, review};
use super::target::Target;
use super::{NewArgs, load};
use crate::blueprint::{Answers, Blueprint, Draft, Rendered};
use crate::error::{Error, Kind, Result};
use crate::output;
use crate::ui::Ui;

/// What is to be written, as long as its answers may change.
pub(super) struct Order<'a> {
    pub(super) args: &'a NewArgs,
    pub(super) root: &'a Path,
    pub(super) target: &'a Target,
    pub(super) blueprint: Blueprint,
    pub(super) draft: Draft,
}

impl Order<'_> {
    /// Shows what would be written.
    pub(super) fn show(&self, ui: &mut Ui) -> Result<(Answers, Rendered)> {
        let (answers, _) = self.draft.finish(self.blueprint.asked(), self.args.defaults)?;
        let rendered = self.blueprint.render(&answers)?;
        load::audit(&rendered)?;
        self.target.fits(self.root, &rendered)?;
        let name = self.args.dir.as_deref().unwrap_or(Path::new(".")).display().to_string();
        let tree = output::tree(name.trim_end_matches('/'), &rendered, ui);
        ui.result(tree);
        Ok((answers, rendered))
    }

    /// Shows what would be written and changes answers until the user agrees.
    pub(super) fn agree(&mut self, ui: &mut Ui) -> Result<(Answers, Rendered)> {
        loop {
            ui.status("");
            let shown = self.show(ui)?;
            if self.args.dry_run {
                return Ok(shown);
            }
            let fixed: &[&str] = if self.args.blueprint.is_some() { &["pattern"] } else { &[] };
            match review(ui, &self.draft.walk(self.blueprint.asked()), shown.1.files.len(), fixed)? {
                Next::Write => return Ok(shown),
                Next::Stop => return Err(Error::new(Kind::Refused, "nothing was written, as you wished")),
                Next::Change(question) if question.key == "pattern" => self.change_pattern(ui)?,
                Next::Change(question) => self.interview(ui).change(question)?,
            }
        }
    }

    /// Asks for the pattern, then what it asks besides.
    fn change_pattern(&mut self, ui: &mut Ui) -> Result<()> {
        interview::pattern(ui, &mut self.draft, Some(&self.blueprint.manifest().pattern))?;
        if let Some(id) = self.draft.pattern()? {
            self.blueprint = load::embedded(&id)?;
        }
        self.draft.drop_meaningless(self.blueprint.asked());
        self.interview(ui).ask_all(false)
    }

    fn interview<'i>(&'i mut self, ui: &'i mut Ui) -> Interview<'i> {
        Interview {
            ui,
            draft: &mut self.draft,
            asked: self.blueprint.asked(),
            root: self.root,
            earlier: Vec::new(),
        }
    }
}
