//! Without `--force-target`: every object ends at the newest version that the target and the Flux that runs both serve.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use flux_forge::flux::running::{bootstrapped, clusters, lowest};
use flux_forge::flux::{FluxVersion, Index, Resource, scan};
use flux_forge::repo::Repo;
use flux_forge::rules::data::{self, Target};

use super::judges::Judges;
use super::objects::{Key, is_whole, key, whole};
use super::{Run, schemas, trees};
use crate::harness::snapshots;

#[test]
fn each_cluster_ends_at_the_version_that_both_serve() {
    let Some(trees) = trees() else { return };
    let Some(schemas) = schemas() else { return };
    let mut judges = Judges::new(&schemas);
    let mut table =
        "tree | moved to the newest | moved as far as Flux serves | wait where they are | held\n".to_owned();
    for (name, tree) in trees {
        let run = Run::new(&name, &tree, &["--dead-fields", "convert"]);
        let wanted = wanted(&run.before);
        let before = whole(&Index::new(&run.before), &mut judges);
        let after = whole(&Index::new(&run.after), &mut judges);
        let [mut newest, mut further, mut waiting, mut held] = [0; 4];
        for (key, old) in &before {
            let new = &after[key];
            let at = format!("{name}: {key:?} {}", old.name);
            assert!(new.is_valid || !old.is_valid, "{at} is not valid any more");
            let wanted = &wanted[key];
            if !old.is_old {
                assert_eq!(old.version, new.version, "{at}");
            } else if new.version == *wanted {
                match (new.version == old.version, new.is_old) {
                    (true, _) => waiting += 1,
                    (false, true) => further += 1,
                    (false, false) => newest += 1,
                }
            } else {
                run.reason(key, old);
                held += 1;
            }
        }
        writeln!(table, "{name} | {newest} | {further} | {waiting} | {held}").unwrap();
    }
    assert_eq!(judges.unknown, Vec::<String>::new());
    let _guard = snapshots("corpus");
    insta::assert_snapshot!("served", table);
}

/// The version at which each whole object shall end.
fn wanted(repo: &Repo) -> BTreeMap<Key, String> {
    let index = Index::new(repo);
    let components = repo.files.iter().filter(|(path, _)| scan::file_name(path) == scan::COMPONENTS);
    let bootstrapped: Vec<_> =
        components.map(|(path, file)| (path.clone(), bootstrapped(&file.bytes))).collect();
    let clusters = clusters(&index, &bootstrapped);
    let resources = index.resources.iter().enumerate().filter(|(_, resource)| is_whole(&index, resource));
    resources
        .map(|(at, resource)| {
            let flux = lowest(&clusters, at).and_then(|cluster| cluster.flux);
            (key(&index, resource), served_by_both(resource, flux))
        })
        .collect()
}

/// The newest version that both serve; its own where that is newer or none is served.
fn served_by_both(resource: &Resource, flux: Option<FluxVersion>) -> String {
    let (group, kind) = (&resource.id.group, &resource.id.kind);
    let served = data::served(group, kind, Target::default().flux());
    let both = served.rev().find(|row| flux.is_none_or(|flux| row.is_served(flux)));
    let age = |version: &str| {
        data::rows().iter().position(|row| row.group == *group && row.kind == *kind && row.version == version)
    };
    let newer = both.filter(|row| age(&row.version) > age(&resource.version));
    newer.map_or_else(|| resource.version.clone(), |row| row.version.clone())
}
