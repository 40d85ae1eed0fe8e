//! From an installation to its FluxInstance, with an account of everything.

mod arguments;
mod flags;
mod images;
mod patches;
mod roots;
mod sharding;
mod transformers;

use serde_json::Value;

use super::account::{Outcome, Row};
use super::fields::{self, Fields, Today};
use super::hazard::flux_id;
use super::instance::{Cluster, Distribution, Instance, InstancePatch, Sync};
use super::limit::Limit;
use super::proof::{Proof, Unexpected, prove};
use super::read::Installation;
use super::release::{Component, Flag, Flags};
use super::sync::{self, Mapped, Roots};
use crate::kustomize::Object;
use crate::place::Place;
use crate::repo::Repo;

/// A FluxInstance and what became of everything.
#[derive(Debug)]
pub struct Draft {
    /// The FluxInstance.
    pub instance: Instance,
    /// What becomes of each thing.
    pub rows: Vec<Row>,
    /// Whether it makes what is there today.
    pub proof: Proof,
    /// The size whose values today's patches have.
    pub size_like: Option<&'static str>,
}

/// Drafts the FluxInstance of `installation`. With `keeps_branch`, something relies on the branch that its source names.
///
/// Fields come first. Where what they replace cannot be taken out of the patches without another effect, fewer are used:
/// what comes out the same counts.
pub fn draft(repo: &Repo, installation: &Installation, keeps_branch: bool) -> Draft {
    let roots = roots::objects(installation);
    let drafting = Drafting { repo, installation, roots: roots.as_ref(), keeps_branch };
    let mut first = drafting.draft(Way::Fields);
    for way in [Way::InPlace, Way::Patches, Way::Arguments] {
        if first.proof.holds() {
            break;
        }
        let other = drafting.draft(way);
        if other.proof.holds() {
            first = other;
        }
    }
    if !first.rows.iter().any(Row::blocks) {
        first.rows.extend(drafting.unproven(&first.proof));
    }
    first
}

/// How far fields go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Every field that says what is there; flags that are put in front of others go to the end.
    Fields,
    /// Every field, and what is left of the patches stays as it is.
    InPlace,
    /// No field but those that no patch can stand for.
    Patches,
    /// The same, and arguments that come out otherwise are written out.
    Arguments,
}

/// What a draft is made from.
struct Drafting<'a> {
    repo: &'a Repo,
    installation: &'a Installation,
    roots: Option<&'a [Object; 2]>,
    keeps_branch: bool,
}

impl Drafting<'_> {
    fn draft(&self, way: Way) -> Draft {
        let installation = self.installation;
        let mut rows = installation.rows.clone();
        let (mut patches, mut late) = (Vec::new(), Vec::new());
        let core: Vec<&Value> = installation.core().map(|object| &object.value).collect();
        let account =
            self.roots.and_then(|[_, object]| object.value.pointer("/spec/serviceAccountName")?.as_str());
        let today = Today::new(&core, account, installation.version());
        let mut cluster = Cluster {
            domain: installation.reading.flags.cluster_domain.clone(),
            network_policy: installation.reading.flags.network_policy,
            ..Cluster::default()
        };
        let fields = fields::read(&today, &mut cluster, matches!(way, Way::Fields | Way::InPlace));
        rows.extend(uneven(installation, &fields));
        let registry = images::registry(installation, &mut rows);
        flags::write_down(installation, &mut rows, &mut patches);
        rows.extend(sharding::row(self.repo, installation));
        let common_metadata = transformers::account(self.repo, installation, &mut rows, &mut late);
        let mut sync = None;
        if let Some(roots) = self.roots {
            let mapped = self.mapped(roots, &common_metadata, cluster.multitenant.is_some());
            rows.extend(mapped.rows);
            patches.extend(mapped.patches);
            sync = Some(mapped.sync);
        }
        let mut instance = self.instance(registry, common_metadata, cluster, sync);
        let ported = patches::ported(self.repo, installation, &fields, &instance, way == Way::Fields);
        rows.extend(ported.rows);
        patches.extend(ported.patches);
        patches.extend(late);
        instance.patches = patches.into_iter().map(InstancePatch::with_its_end).collect();
        let found = images::patches(installation, &instance);
        instance.patches.extend(found);
        let mut proof = self.proof(&instance);
        if way == Way::Arguments {
            let written = arguments::write_out(installation, &proof);
            instance.patches.extend(written.patches);
            rows.extend(written.rows);
            proof = self.proof(&instance);
        }
        rows.extend(self.variables(&instance));
        rows.sort_by(|one, other| one.place.cmp(&other.place));
        Draft { instance, rows, proof, size_like: fields::size_like(&today) }
    }

    fn instance(
        &self,
        registry: String,
        common_metadata: [Vec<(String, String)>; 2],
        cluster: Cluster,
        sync: Option<Sync>,
    ) -> Instance {
        let installation = self.installation;
        Instance {
            namespace: installation.namespace.clone(),
            distribution: Distribution {
                version: format!("{}.x", installation.version().flux()),
                variant: (registry != Flags::default().registry).then(|| "upstream-alpine".to_owned()),
                registry,
                image_pull_secret: installation.reading.flags.image_pull_secret.clone(),
            },
            components: installation.components().to_vec(),
            common_metadata,
            cluster,
            sync,
            patches: Vec::new(),
        }
    }

    fn mapped(
        &self,
        [source, kustomization]: &[Object; 2],
        common: &[Vec<(String, String)>; 2],
        multitenant: bool,
    ) -> Mapped {
        let installation = self.installation;
        let source_place = |keys: &[&str]| roots::written(self.repo, installation, source, keys);
        let kustomization_place =
            |keys: &[&str]| roots::written(self.repo, installation, kustomization, keys);
        let roots = Roots {
            source: sync::Root { value: &source.value, place: &source_place },
            kustomization: sync::Root { value: &kustomization.value, place: &kustomization_place },
            keeps_branch: self.keeps_branch,
            common,
            multitenant,
        };
        sync::map(&roots, &installation.namespace, installation.version().flux())
    }

    /// Variables that Flux puts in when it applies the FluxInstance are not there when it is applied by hand first.
    fn variables(&self, instance: &Instance) -> Option<Row> {
        let [_, kustomization] = self.roots?;
        kustomization.value.pointer("/spec/postBuild")?;
        let mut texts = instance.patches.iter().map(|patch| &patch.text);
        let text = texts.find(|text| text.contains("${"))?;
        let line = text.lines().find(|line| line.contains("${")).unwrap_or_default().trim();
        let why = "the Kustomization of the cluster puts values in for variables, and a FluxInstance that is applied by \
                   hand, as the first one is, would hold the variable itself: write the value there";
        Some(Row::new(
            format!("`{line}`"),
            kustomization.written.place.clone(),
            Outcome::Human(Limit::UnportablePatch, why.into()),
        ))
    }

    /// Rows on what does not come out the same.
    fn unproven(&self, proof: &Proof) -> Vec<Row> {
        let objects = self.installation.core().chain(self.roots.into_iter().flatten());
        let places: Vec<(String, Place)> = objects
            .map(|object| (flux_id(&object.id()).to_string(), roots::last(self.installation, object)))
            .collect();
        let row = |one: &Unexpected| {
            let place = places.iter().find(|(id, _)| *id == one.object).map(|(_, place)| place.clone());
            let place = place.unwrap_or_else(|| Place::file(&self.installation.file));
            let why =
                format!("{}: say it otherwise in the kustomization, or take it out, first", one.meaning);
            Row::new(one.object.clone(), place, Outcome::Human(Limit::Unproven, why))
        };
        proof.unexpected.iter().map(row).collect()
    }

    fn proof(&self, instance: &Instance) -> Proof {
        let installation = self.installation;
        let stock: Vec<&Value> = installation.stock.iter().collect();
        let today: Vec<&Value> =
            installation.core().chain(self.roots.into_iter().flatten()).map(|object| &object.value).collect();
        prove(instance, &stock, &today, installation.version())
    }
}

/// A row where some controllers have object identity and others do not.
fn uneven(installation: &Installation, fields: &Fields) -> Option<Row> {
    let others = &fields.uneven_identity;
    let why = format!(
        "object identity is switched on for some controllers and not for {}, and a FluxInstance knows it for all or none: \
         open the gate for those as well, or for none",
        others.join(", ")
    );
    let outcome = Outcome::Human(Limit::PartialIdentity, why);
    let row = Row::new("the gate ObjectLevelWorkloadIdentity", Place::file(&installation.file), outcome);
    (!others.is_empty()).then_some(row)
}

impl Draft {
    /// What a person has to decide first: rows of the account, and differences that the proof found.
    pub fn blocks(&self) -> bool {
        self.rows.iter().any(Row::blocks) || !self.proof.holds()
    }
}

/// Whether a patch can give one controller this value of a flag.
pub(super) fn is_settable(flag: Flag, component: Component, value: &str) -> bool {
    flags::uneven(flag, component, value).is_some()
}

/// A patch of JSON 6902 operations for controllers.
fn controllers(names: &[Component], operations: &[Value]) -> InstancePatch {
    let names: Vec<&str> = names.iter().map(|component| component.name()).collect();
    let name = match names[..] {
        [one] => one.to_owned(),
        _ => format!("({})", names.join("|")),
    };
    InstancePatch::of_operations("Deployment", Some(name), operations)
}
