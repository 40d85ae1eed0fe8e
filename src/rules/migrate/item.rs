//! One piece that changes or stays as a whole: an object with its fields, or the version in a patch's target.

use std::ops::Range;

use super::anchored;
use super::held::Held;
use super::object::Object;
use super::old_api_version;
use super::step::{Effect, Step};
use super::surroundings::Surroundings;
use super::transitions;
use crate::change::Edit;
use crate::flux::resource::group_version;
use crate::flux::schema::{self, Violation, Whole};
use crate::flux::{Id, Index, Pin, Resource, Role, Site};
use crate::rules::Context;
use crate::rules::data::{self, Row};
use crate::yaml::{Node, Operation};

/// One piece that changes or stays as a whole.
#[derive(Debug)]
pub(super) struct Item {
    /// What it is.
    pub(super) subject: Subject,
    /// The document that it stands in.
    pub(super) site: Site,
    /// The version that it moves to; `None` for a patch target, where it stays, and where nothing succeeds it.
    pub(super) to: Option<&'static Row>,
    /// The version of the target, where the Flux that runs does not serve that yet.
    pub(super) beyond: Option<&'static Row>,
    /// What holds it back.
    pub(super) held: Option<Held>,
    /// Bytes of the version, where a finding about it points.
    pub(super) range: Range<usize>,
    /// What becomes of its fields.
    pub(super) steps: Vec<Step>,
    /// All that is done to its document.
    pub(super) operations: Vec<Operation>,
    /// The verified edits; empty where it is held.
    pub(super) edits: Vec<Edit>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject {
    /// The object with this index in [`Index::resources`].
    Object(usize),
    /// A version that objects are selected by, in the target of a patch or the like, and the version that comes there.
    Pin(String),
}

/// Where an object comes from and goes to.
#[derive(Clone, Copy)]
struct Way {
    row: &'static Row,
    to: Option<&'static Row>,
    beyond: Option<&'static Row>,
}

impl Item {
    /// The item for `resource`, the one at `at`; `None` where nothing becomes of it. What does not fit into the newest
    /// version goes as far as it can.
    pub(super) fn new<'a>(
        context: &'a Context<'a>,
        around: &'a Surroundings<'a>,
        at: usize,
        resource: &'a Resource,
    ) -> Option<Self> {
        let Id { group, kind, .. } = &resource.id;
        let row = data::row(group, &resource.version, kind)?;
        let target = context.options.target;
        let wanted = data::successor(group, &resource.version, kind, target);
        let to = context.options.successor(group, &resource.version, kind, around.limits().flux(at));
        let beyond = wanted.filter(|wanted| to.is_none_or(|to| to.version != wanted.version));
        let route = Way { row, to, beyond };
        let item = Self::toward(context, around, at, resource, route)?;
        let fits = !matches!(item.held, Some(Held::Undecided | Held::Invalid { .. }));
        match to.filter(|_| !fits).and_then(|to| between(context, row, to)) {
            Some(older) => Self::toward(context, around, at, resource, Way { to: Some(older), ..route })
                .filter(|short| short.held.is_none())
                .map(|short| short.because_of(&item, older))
                .or(Some(item)),
            None => Some(item),
        }
    }

    fn toward<'a>(
        context: &'a Context<'a>,
        around: &'a Surroundings<'a>,
        at: usize,
        resource: &'a Resource,
        Way { row, to, beyond }: Way,
    ) -> Option<Self> {
        let mut item = Self {
            subject: Subject::Object(at),
            site: Site { file: resource.file, document: resource.document },
            to,
            held: None,
            range: resource.api_version.clone(),
            beyond,
            steps: Vec::new(),
            operations: Vec::new(),
            edits: Vec::new(),
        };
        if let (None, Some(why)) = (to, &row.held) {
            item.held = Some(Held::NoSuccessor(why.clone()));
            return Some(item);
        }
        // One that waits for an upgrade of Flux is changed after that.
        let mut fits = false;
        if to.is_some() || item.beyond.is_none() {
            (item.steps, fits) =
                transitions::steps(&object(context, around, at, resource, to.unwrap_or(row)));
        }
        item.drop_idle_steps(context.index, resource, row);
        if to.is_none() && item.beyond.is_none() && item.steps.is_empty() {
            return None;
        }
        item.collect_operations(resource);
        item.held = if resource.sealed {
            Some(Held::Sealed)
        } else if let Some(field) = to.and_then(|_| from_anchor(context.index, resource)) {
            let why =
                format!("`{field}`, which is gone, may come to it from an anchor: write its fields out");
            Some(Held::Refused(why))
        } else if item.steps.iter().any(|step| step.effect.holds()) {
            Some(Held::Undecided)
        } else if fits || item.changes_fields() {
            // Fields that change are judged as they will be.
            None
        } else {
            to.and_then(|to| invalid(context.index, resource, context.index.node(resource), to))
        };
        Some(item)
    }

    /// This item, which says why it goes only to `short`: what holds `further` back.
    fn because_of(mut self, further: &Self, short: &Row) -> Self {
        let only = |what: &str| format!("goes only to `{}/{}`: {what}", short.group, short.version);
        if let Some(Held::Invalid { range, what, .. }) = &further.held {
            let (rule, range, message) = (old_api_version::RULE.meta.id, range.clone(), only(what));
            self.steps.push(Step { rule, range, message, effect: Effect::Note });
        }
        let reasons = further.steps.iter().filter(|step| step.effect.holds());
        self.steps.extend(reasons.map(|step| Step {
            message: only(&step.message),
            effect: Effect::Note,
            ..step.clone()
        }));
        self
    }

    /// The version at `pin`, which moves to that of `row`.
    pub(super) fn pin(pin: &Pin, row: &'static Row) -> Self {
        let text = if pin.with_group { group_version(&row.group, &row.version) } else { row.version.clone() };
        Self {
            subject: Subject::Pin(row.version.clone()),
            site: pin.site,
            to: None,
            beyond: None,
            held: None,
            range: pin.range.clone(),
            steps: Vec::new(),
            operations: vec![Operation::Replace { at: pin.route.clone(), value: text.into() }],
            edits: Vec::new(),
        }
    }

    /// Index of the object that it is.
    pub(super) const fn resource(&self) -> Option<usize> {
        match self.subject {
            Subject::Object(resource) => Some(resource),
            Subject::Pin(_) => None,
        }
    }

    /// Holds it back, unless something else does already; tells whether it did.
    pub(super) fn hold(&mut self, held: Held) -> bool {
        let is_new = self.held.is_none();
        self.held.get_or_insert(held);
        is_new
    }

    /// Whether more than its version changes.
    pub(super) fn changes_fields(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.effect, Effect::Change(_)))
    }

    /// An object that keeps its version is looked at only for what is wrong with it.
    fn drop_idle_steps(&mut self, index: &Index<'_>, resource: &Resource, row: &Row) {
        if self.to.is_none() {
            let is_valid = || violations(resource, index.node(resource), row).is_empty();
            if self.steps.iter().any(|step| step.effect == Effect::Human) && is_valid() {
                self.steps.retain(|step| step.effect != Effect::Human);
            }
            if self.steps.iter().all(|step| step.effect == Effect::Note) {
                self.steps.clear();
            }
        }
    }

    fn collect_operations(&mut self, resource: &Resource) {
        let version = self.to.map(|to| Operation::Replace {
            at: resource.route.key("apiVersion"),
            value: group_version(&to.group, &to.version).into(),
        });
        let fields = self.steps.iter().flat_map(|step| match &step.effect {
            Effect::Change(operations) => operations.as_slice(),
            Effect::Note | Effect::Human | Effect::Broken => &[],
        });
        self.operations = version.into_iter().chain(fields.cloned()).collect();
    }
}

/// The version that the target serves before `to`, where it is newer than `row`.
fn between(context: &Context<'_>, row: &Row, to: &Row) -> Option<&'static Row> {
    let served = data::served(&to.group, &to.kind, context.options.target.flux());
    let older = served.rev().skip_while(|served| served.version != to.version).nth(1)?;
    let place = |version: &str| {
        data::rows()
            .iter()
            .position(|one| one.group == to.group && one.kind == to.kind && one.version == version)
    };
    (place(&row.version) < place(&older.version)).then_some(older)
}

/// A field that is gone and that the object may take from an anchor of its document.
fn from_anchor<'i>(index: &'i Index<'_>, resource: &Resource) -> Option<&'i str> {
    let root = index.file(resource).stream.documents[resource.document].node()?;
    anchored::gone_field(root, index.node(resource))
}

fn object<'a>(
    context: &'a Context<'a>,
    around: &'a Surroundings<'a>,
    at: usize,
    resource: &'a Resource,
    to: &'static Row,
) -> Object<'a> {
    let file = context.index.file(resource);
    Object {
        node: context.index.node(resource),
        route: &resource.route,
        document: &file.stream.documents[resource.document],
        text: &file.text,
        id: &resource.id,
        from: &resource.version,
        to,
        whole: whole(resource),
        running: around.limits().flux(at),
        options: context.options,
        index: context.index,
        around,
    }
}

const fn whole(resource: &Resource) -> Whole {
    match resource.role {
        Role::Object | Role::Template => Whole::Object,
        Role::Patch => Whole::Part,
    }
}

/// What would not be valid at the version of `to`, where `node` is how `resource` would be.
pub(super) fn invalid(index: &Index<'_>, resource: &Resource, node: &Node, to: &Row) -> Option<Held> {
    let violations = violations(resource, node, to);
    let first = violations.first()?;
    let now = schema::facts(&resource.id.group, &resource.version, &resource.id.kind);
    let is_valid = |facts| schema::validate(facts, index.node(resource), whole(resource)).is_empty();
    Some(Held::Invalid {
        range: first.range.clone(),
        what: first.to_string(),
        more: violations.len() - 1,
        valid_now: now.is_none_or(is_valid),
    })
}

fn violations(resource: &Resource, node: &Node, row: &Row) -> Vec<Violation> {
    schema::facts(&row.group, &row.version, &row.kind)
        .map(|facts| schema::validate(facts, node, whole(resource)))
        .unwrap_or_default()
}
