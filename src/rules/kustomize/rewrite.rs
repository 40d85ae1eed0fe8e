//! A file that is rewritten in stages, each of them verified.

use crate::change::{self, Edit};
use crate::yaml::{self, Node, Operation, Refusal, Route, Step};

/// A text and the stages that led to it.
pub(super) struct Rewrite {
    text: String,
    stages: Vec<Vec<Edit>>,
}

impl Rewrite {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), stages: Vec::new() }
    }

    /// Carries out all operations on the first document, or none of them.
    pub(super) fn stage(&mut self, operations: Vec<Operation>) -> Result<(), Refusal> {
        let operations: Vec<_> = operations.into_iter().map(|operation| (0, operation)).collect();
        let edits = yaml::edits(&self.text, &yaml::parse(&self.text), &operations)?;
        self.text = change::apply(&self.text, &edits)?;
        self.stages.push(edits);
        Ok(())
    }

    /// Runs `work`, which may take several stages; where one is refused, none of them remains.
    pub(super) fn attempt(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let (text, stages) = (self.text.clone(), self.stages.len());
        work(self).inspect_err(|_| {
            self.text = text;
            self.stages.truncate(stages);
        })
    }

    /// What `read` makes of the first document as it is by now.
    pub(super) fn look<T>(&self, read: impl FnOnce(&Node<'_>) -> T) -> Option<T> {
        let stream = yaml::parse(&self.text);
        stream.documents.first()?.node().map(read)
    }

    /// Whether the field of the root has items by now.
    pub(super) fn has_items(&self, field: &str) -> bool {
        self.look(|root| root.get(field).is_some_and(|list| !list.items().is_empty())) == Some(true)
    }

    /// Puts the items of the list `old` among those of `new`, or gives the list that name where there is none.
    pub(super) fn merge(&mut self, old: &str, new: &str, front: bool) -> Result<(), Refusal> {
        let (from, into) = (field(old), field(new));
        if self.has_items(new) {
            return self.stage(vec![Operation::Join { from, into, front }]);
        }
        if self.look(|root| root.get(new).is_some()) == Some(true) {
            self.stage(vec![Operation::Remove { at: into }])?;
        }
        self.stage(vec![Operation::Rename { at: from, key: new.to_owned() }])
    }

    /// The edits of the first text that do what all stages did.
    pub(super) fn edits(&self, original: &str) -> Option<Vec<Edit>> {
        change::composed(original, &self.stages).ok().filter(|edits| !edits.is_empty())
    }
}

/// The route of a field of the root.
pub(super) fn field(name: &str) -> Route {
    Route::from(vec![Step::Key(name.to_owned())])
}
