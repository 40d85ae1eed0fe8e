//! The tables of data about themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use flux_forge::flux::FluxVersion;
use flux_forge::flux::schema::{self, Schema};
use flux_forge::rules::data::{self, Certainty, Row, Target};

const OLDEST: FluxVersion = FluxVersion::new(0, 0);
const NEWEST: FluxVersion = FluxVersion::new(2, 10);

fn kinds() -> BTreeSet<(&'static str, &'static str)> {
    data::rows().iter().map(|row| (&*row.group, &*row.kind)).collect()
}

#[test]
fn rows_are_sorted_and_unique() {
    let order: Vec<_> = data::rows().iter().map(|row| (&*row.group, &*row.kind)).collect();
    assert!(order.is_sorted(), "rows are sorted by group and kind");
    let unique: BTreeSet<_> = data::rows().iter().map(ToString::to_string).collect();
    assert_eq!(unique.len(), data::rows().len());
}

#[test]
fn every_row_has_a_source_and_runs_forward_in_time() {
    for row in data::rows() {
        assert!(row.source.contains('/'), "{row} names no public source");
        let life = [row.introduced, row.deprecated, row.removed];
        assert!(life.iter().flatten().is_sorted(), "{row}: {life:?}");
        assert!(row.introduced.is_some() || row.operator || row.held.is_some(), "{row} has no beginning");
        assert!(row.renamed.is_none() || row.held.is_none(), "{row} is both renamed and held");
    }
}

#[test]
fn the_versions_of_a_kind_begin_in_their_order() {
    for (group, kind) in kinds() {
        let versions = data::rows().iter().filter(|row| (&*row.group, &*row.kind) == (group, kind));
        let begun: Vec<_> = versions.filter_map(|row| row.introduced).collect();
        assert!(begun.is_sorted(), "{group} {kind}: {begun:?}");
    }
}

#[test]
fn every_chain_ends_at_a_version_that_the_target_serves() {
    for target in Target::ALL {
        for row in data::rows() {
            let mut here: &Row = row;
            let mut steps = 0;
            while let Some(next) = data::successor(&here.group, &here.version, &here.kind, target) {
                here = next;
                steps += 1;
                assert!(steps <= 2, "{row} goes in circles for {target}");
            }
            let newer = row.introduced.is_some_and(|introduced| introduced > target.flux());
            let stays = steps == 0 && (row.held.is_some() || newer);
            assert!(here.is_served(target.flux()) || stays, "{row} ends at {here} for {target}");
        }
    }
}

#[test]
fn the_default_target_is_the_newest_flux_with_one_version_of_every_kind() {
    let one_of_each = |target: &&Target| {
        kinds().into_iter().all(|(group, kind)| data::served(group, kind, target.flux()).count() <= 1)
    };
    assert_eq!(Target::ALL.iter().rfind(one_of_each), Some(&Target::default()));
}

#[test]
fn successors_never_go_back() {
    let at = |group, version, kind, target: &str| {
        data::successor(group, version, kind, target.parse().unwrap()).map(ToString::to_string)
    };
    let (notification, source) = ("notification.toolkit.fluxcd.io", "source.toolkit.fluxcd.io");
    let alert = |version| Some(format!("Alert `{notification}/{version}`"));
    assert_eq!(at(notification, "v1beta1", "Alert", "2.9"), alert("v1beta3"));
    assert_eq!(at(notification, "v1beta3", "Alert", "2.9"), None);
    assert_eq!(at(notification, "v1beta3", "Alert", "2.10"), alert("v1"));
    assert_eq!(at(notification, "v1", "Alert", "2.9"), None);
    assert_eq!(
        at("source.fluxcd.io", "v1alpha1", "GitRepository", "2.9"),
        Some(format!("GitRepository `{source}/v1`"))
    );
    assert_eq!(at("helm.fluxcd.io", "v1", "HelmRelease", "2.9"), None);
    assert!(data::row("helm.fluxcd.io", "v1", "HelmRelease").unwrap().held.is_some());
    assert_eq!(at("kustomize.fluxcd.io", "v1alpha1", "Profile", "2.9"), None);
    assert_eq!(at(source, "v9", "GitRepository", "2.9"), None);
}

#[test]
fn served_versions_are_those_of_each_release() {
    let served = |group, kind, flux: &str| {
        let rows = data::served(group, kind, flux.parse().unwrap());
        rows.map(|row| &*row.version).collect::<Vec<_>>().join(" ")
    };
    let (image, notification) = ("image.toolkit.fluxcd.io", "notification.toolkit.fluxcd.io");
    assert_eq!(served(image, "ImagePolicy", "2.6"), "v1beta1 v1beta2");
    assert_eq!(served(image, "ImagePolicy", "v2.8.1"), "v1beta2 v1");
    assert_eq!(served(notification, "Receiver", "2.8"), "v1beta2 v1");
    assert_eq!(served(notification, "Provider", "2.8"), "v1beta2 v1beta3");
    assert_eq!(served(notification, "Provider", "2.10"), "v1beta3 v1");
    assert_eq!(served("source.toolkit.fluxcd.io", "OCIRepository", "0.31"), "");
    assert_eq!(served("fluxcd.controlplane.io", "FluxInstance", "2.7"), "v1");
    assert_eq!(served("helm.fluxcd.io", "HelmRelease", "0.0"), "");
    let unflagged = data::row(image, "v1beta1", "ImagePolicy").unwrap();
    assert!(!unflagged.is_deprecated("2.6".parse().unwrap()));
    let likely = data::row(notification, "v1beta3", "Alert").unwrap();
    assert_eq!(likely.certainty, Certainty::Likely);
    assert!(likely.is_deprecated(NEWEST) && !likely.is_deprecated(Target::default().flux()));
    assert!(OLDEST < Target::default().flux() && Target::default().flux() < NEWEST);
}

#[test]
fn groups_of_flux_are_known() {
    for group in ["source.toolkit.fluxcd.io", "source.fluxcd.io", "fluxcd.controlplane.io"] {
        assert!(data::is_flux_group(group), "{group}");
    }
    assert!(!data::is_flux_group("kustomize.config.k8s.io"));
}

#[test]
fn versions_and_targets_are_read_from_text() {
    assert_eq!("v2.9.5".parse::<FluxVersion>().unwrap(), FluxVersion::new(2, 9));
    assert_eq!("2.10".parse::<Target>().unwrap().to_string(), "2.10");
    assert!("2.x".parse::<FluxVersion>().is_err());
    let error = "2.6".parse::<Target>().unwrap_err();
    assert_eq!(error.to_string(), "accepted: 2.7, 2.8, 2.9, or 2.10");
}

#[test]
fn the_data_has_a_date() {
    let parts: Vec<u32> = data::data_date().split('-').map(|part| part.parse().unwrap()).collect();
    assert!(matches!(parts[..], [2026..=9999, 1..=12, 1..=31]), "{parts:?}");
}

#[test]
fn versions_and_fields_are_known_of_the_same_kinds() {
    let versions: BTreeSet<_> = data::rows()
        .iter()
        // The Helm Operator is another product, whose schema is not ours to know.
        .filter(|row| row.to_string() != "HelmRelease `helm.fluxcd.io/v1`")
        .map(ToString::to_string)
        .collect();
    let fields: BTreeSet<_> = schema::all().map(ToString::to_string).collect();
    assert_eq!(versions, fields);
}

#[test]
fn only_what_could_not_be_read_is_assumed() {
    let assumed: Vec<_> = schema::all().filter(|facts| facts.assumed).map(ToString::to_string).collect();
    let group = "notification.toolkit.fluxcd.io";
    assert_eq!(assumed, [format!("Alert `{group}/v1`"), format!("Provider `{group}/v1`")]);
}

#[test]
fn every_line_of_the_fields_is_found_by_its_name() {
    let mut sorted = Vec::new();
    for facts in schema::all() {
        assert_eq!(schema::facts(&facts.group, &facts.version, &facts.kind), Some(facts));
        assert_eq!(facts.schema.fields["metadata"], Schema::Any);
        sorted.push((&facts.group, &facts.kind, &facts.version));
    }
    assert!(sorted.is_sorted());
}

#[test]
fn no_data_table_holds_text_of_other_projects() {
    let mut tables = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut tables);
    assert!(tables.len() >= 2, "{tables:?}");
    for path in tables {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.len() < 400_000, "{}: {} bytes", path.display(), text.len());
        for word in ["description:", "\"description\"", "openAPIV3Schema"] {
            assert!(!text.contains(word), "{} has `{word}`", path.display());
        }
    }
}

#[test]
fn the_table_of_fields_holds_no_prose() {
    for facts in schema::all() {
        strings(&serde_json::to_value(facts).unwrap(), &mut |text| {
            assert!(text.matches(' ').count() <= 3, "{facts}: {text}");
        });
    }
}

fn collect(folder: &Path, tables: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, tables);
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "jsonl") {
            tables.push(path);
        }
    }
}

fn strings(value: &serde_json::Value, check: &mut impl FnMut(&str)) {
    match value {
        serde_json::Value::String(text) => check(text),
        serde_json::Value::Array(items) => items.iter().for_each(|item| strings(item, check)),
        serde_json::Value::Object(fields) => fields.values().for_each(|field| strings(field, check)),
        _ => {}
    }
}
