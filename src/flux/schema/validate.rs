//! The walk over a table line and a document together.

use super::violation::{Type, Unit, Violation, ViolationKind};
use super::{Bounds, Facts, List, Object, Schema, Text};
use crate::yaml::{Entry, Node, NodeKind, Route, Scalar, ScalarStyle, Step};

/// Whether a document is an object or only a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// An object as it is applied.
    Object,
    /// A merge patch: nothing is required, null deletes, and directives such as `$patch` may stand anywhere.
    Part,
}

/// Everything in `root` that `facts` does not accept: mapping by mapping in the order of the document, what is missing
/// from a mapping after what stands in it.
///
/// What cannot be judged from the text is accepted: a scalar that holds a substitution (`${…}`, `<< … >>`), an alias, and
/// the fields that a merge key `<<` may bring. Null for an optional field is accepted, since the API server drops
/// it (Kubernetes documentation, "Defaulting and Nullable" of custom resource definitions). Duplicate keys are not
/// reported.
pub fn validate(facts: &Facts, root: &Node, whole: Whole) -> Vec<Violation> {
    let mut walk = Walk { subject: facts.to_string(), part: whole == Whole::Part, found: Vec::new() };
    walk.object(&facts.schema, root, &Trail::Root);
    walk.found
}

/// Whether `text` holds something that is replaced before the object is applied: a variable of Flux (`spec.postBuild` of
/// a Kustomization), `${name}` with or without a default, or an input of a `ResourceSet`, `<< inputs.name >>`.
pub fn holds_substitution(text: &str) -> bool {
    let holds = |open, close| text.find(open).is_some_and(|start| text[start..].contains(close));
    holds("${", "}") || holds("<<", ">>")
}

/// The way to a node; becomes a [`Route`] only where there is something to report.
enum Trail<'a> {
    Root,
    Key(&'a Trail<'a>, &'a str),
    Index(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    fn route(&self) -> Route {
        let mut steps = Vec::new();
        let mut here = self;
        loop {
            here = match here {
                Trail::Root => break,
                Trail::Key(before, key) => {
                    steps.push(Step::Key((*key).to_owned()));
                    before
                }
                Trail::Index(before, index) => {
                    steps.push(Step::Index(*index));
                    before
                }
            };
        }
        steps.reverse();
        Route::from(steps)
    }
}

struct Walk {
    subject: String,
    part: bool,
    found: Vec<Violation>,
}

impl Walk {
    fn value(&mut self, schema: &Schema, node: &Node, trail: &Trail<'_>) {
        match schema {
            Schema::Any => {}
            Schema::Nullable(inner) => {
                if !is_null(node) {
                    self.value(inner, node, trail);
                }
            }
            Schema::Object(object) => self.object(object, node, trail),
            Schema::Map(values) => self.map(values, node, trail),
            Schema::List(list) => self.list(list, node, trail),
            Schema::String(text) => self.string(text, node, trail),
            Schema::Integer(bounds) => self.number(*bounds, Type::Integer, node, trail),
            Schema::Number(bounds) => self.number(*bounds, Type::Number, node, trail),
            Schema::Boolean => {
                self.is(Type::Boolean, node, trail, |found| found == Type::Boolean);
            }
            Schema::IntOrString => {
                let either = |found| matches!(found, Type::Integer | Type::String);
                self.is(Type::IntegerOrString, node, trail, either);
            }
        }
    }

    fn object(&mut self, object: &Object, node: &Node, trail: &Trail<'_>) {
        if !self.is(Type::Object, node, trail, |found| found == Type::Object) {
            return;
        }
        for entry in node.entries() {
            if let Some(name) = self.judged_key(entry) {
                self.field(object, name, entry, trail);
            }
        }
        if self.part || node.entries().iter().any(is_merge) {
            return;
        }
        for name in object.required.iter().filter(|name| node.entry(name).is_none()) {
            self.missing(name, node, trail);
        }
    }

    fn field(&mut self, object: &Object, name: &str, entry: &Entry, trail: &Trail<'_>) {
        let here = Trail::Key(trail, name);
        match object.fields.get(name) {
            None if object.open => {}
            None => {
                let suggestion = most_similar(name, object);
                let kind = ViolationKind::Undeclared { name: name.to_owned(), suggestion };
                self.report(&here, &entry.key, kind);
            }
            Some(Schema::Any | Schema::Nullable(_)) if is_null(&entry.value) => {}
            Some(_) if is_null(&entry.value) => {
                if !self.part && object.required.iter().any(|required| required == name) {
                    self.missing(name, &entry.value, trail);
                }
            }
            Some(schema) => self.value(schema, &entry.value, &here),
        }
    }

    fn map(&mut self, values: &Schema, node: &Node, trail: &Trail<'_>) {
        if !self.is(Type::Object, node, trail, |found| found == Type::Object) {
            return;
        }
        for entry in node.entries().iter().filter(|entry| !is_null(&entry.value)) {
            if let Some(name) = self.judged_key(entry) {
                self.value(values, &entry.value, &Trail::Key(trail, name));
            }
        }
    }

    fn list(&mut self, list: &List, node: &Node, trail: &Trail<'_>) {
        if !self.is(Type::Array, node, trail, |found| found == Type::Array) || !node.is_sequence() {
            return;
        }
        let min = list.min.filter(|_| !self.part);
        self.length(node.items().len(), min, list.max, Unit::Items, node, trail);
        for (index, item) in node.items().iter().enumerate() {
            if !(self.part && is_null(item)) {
                self.value(&list.items, item, &Trail::Index(trail, index));
            }
        }
    }

    fn string(&mut self, text: &Text, node: &Node, trail: &Trail<'_>) {
        if !self.is(Type::String, node, trail, |found| found == Type::String) {
            return;
        }
        let Some(value) = node.as_str() else { return };
        if !text.accepted.is_empty() && !text.accepted.iter().any(|accepted| accepted == value) {
            let accepted = text.accepted.clone();
            self.report(trail, node, ViolationKind::Forbidden { value: value.to_owned(), accepted });
        }
        if let Some(pattern) = text.pattern.as_ref().filter(|pattern| !pattern.matches(value)) {
            self.report(trail, node, ViolationKind::Pattern { pattern: pattern.clone() });
        }
        if text.min.is_some() || text.max.is_some() {
            self.length(value.chars().count(), text.min, text.max, Unit::Characters, node, trail);
        }
    }

    fn number(&mut self, bounds: Bounds, expected: Type, node: &Node, trail: &Trail<'_>) {
        let fits = |found| found == expected || found == Type::Integer;
        if !self.is(expected, node, trail, fits) {
            return;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "bounds are small; a schema cannot say more than f64 either"
        )]
        let value = match node.scalar() {
            Some(Scalar::Int(value)) => value as f64,
            Some(Scalar::Float(value)) => value,
            _ => return,
        };
        #[expect(clippy::cast_precision_loss, reason = "as above")]
        let float = |bound: i64| bound as f64;
        if let Some(least) = bounds.min.filter(|&least| value < float(least)) {
            self.report(trail, node, ViolationKind::TooSmall { least });
        }
        if let Some(most) = bounds.max.filter(|&most| value > float(most)) {
            self.report(trail, node, ViolationKind::TooLarge { most });
        }
    }

    fn length(
        &mut self,
        found: usize,
        min: Option<usize>,
        max: Option<usize>,
        unit: Unit,
        node: &Node,
        trail: &Trail<'_>,
    ) {
        if let Some(least) = min.filter(|&least| found < least) {
            self.report(trail, node, ViolationKind::TooShort { found, least, unit });
        }
        if let Some(most) = max.filter(|&most| found > most) {
            self.report(trail, node, ViolationKind::TooLong { found, most, unit });
        }
    }

    /// Whether `node` can be looked into as `expected`; reports it where it certainly is something else.
    fn is(&mut self, expected: Type, node: &Node, trail: &Trail<'_>, fits: impl Fn(Type) -> bool) -> bool {
        match type_of(node) {
            Some(found) if !fits(found) => {
                self.report(trail, node, ViolationKind::WrongType { expected, found });
                false
            }
            Some(_) => true,
            None => false,
        }
    }

    /// The key of an entry that the schema has a say in.
    fn judged_key<'n>(&self, entry: &'n Entry) -> Option<&'n str> {
        let name = entry.key_text()?;
        let directive = self.part && name.starts_with('$');
        (!directive && !is_merge(entry) && !holds_substitution(name)).then_some(name)
    }

    fn missing(&mut self, name: &str, node: &Node, trail: &Trail<'_>) {
        let kind = ViolationKind::Missing { name: name.to_owned() };
        self.report(&Trail::Key(trail, name), node, kind);
    }

    fn report(&mut self, trail: &Trail<'_>, node: &Node, kind: ViolationKind) {
        let subject = self.subject.clone();
        self.found.push(Violation { subject, route: trail.route(), range: node.range.clone(), kind });
    }
}

/// The type of a node; `None` where the text does not tell.
fn type_of(node: &Node) -> Option<Type> {
    match &node.kind {
        NodeKind::Alias { .. } => None,
        NodeKind::Mapping { .. } => Some(Type::Object),
        NodeKind::Sequence { .. } => Some(Type::Array),
        NodeKind::Scalar { text, .. } if holds_substitution(text) => None,
        NodeKind::Scalar { .. } => node.scalar().map(|scalar| match scalar {
            Scalar::Null => Type::Null,
            Scalar::Bool(_) => Type::Boolean,
            Scalar::Int(_) => Type::Integer,
            // JSON does not tell 1.0 from 1.
            Scalar::Float(value) if value.fract() == 0.0 => Type::Integer,
            Scalar::Float(_) => Type::Number,
            Scalar::String(_) => Type::String,
        }),
    }
}

fn is_null(node: &Node) -> bool {
    matches!(node.scalar(), Some(Scalar::Null))
}

fn is_merge(entry: &Entry) -> bool {
    matches!(&entry.key.kind, NodeKind::Scalar { text, style: ScalarStyle::Plain } if text == "<<")
}

/// The declared field whose name is a few typing errors away, upper and lower case being alike.
fn most_similar(name: &str, object: &Object) -> Option<String> {
    let distance = |field: &str| strsim::damerau_levenshtein(&field.to_lowercase(), &name.to_lowercase());
    let near = object.fields.keys().map(|field| (distance(field), field));
    near.filter(|(distance, _)| *distance <= name.len() / 3).min().map(|(_, field)| field.clone())
}
