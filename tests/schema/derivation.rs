//! From CRD files to the table.

use std::path::{Path, PathBuf};

use flux_forge::flux::schema::derive::{CrdFile, derive, render};
use flux_forge::flux::schema::{self, AMENDMENTS};

/// The folder of CRD files beside the repository, where it is there.
pub(super) fn crds() -> Option<PathBuf> {
    beside("flux-api/crds")
}

/// A folder of reference data beside the repository, where it is there.
pub(super) fn beside(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: {} is absent", folder.display());
    None
}

/// Every CRD file below the folder.
pub(super) fn crd_files(folder: &Path) -> Vec<CrdFile> {
    let mut files = Vec::new();
    for folder in [folder.to_owned(), folder.join("legacy")] {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push(CrdFile { name, text: std::fs::read_to_string(path).unwrap() });
            }
        }
    }
    files
}

#[test]
fn the_committed_table_is_what_the_crds_say() {
    let Some(folder) = crds() else { return };
    let derived = render(&derive(&crd_files(&folder)).unwrap());
    let committed: String = render(&schema::all().cloned().collect::<Vec<_>>());
    assert_eq!(derived.lines().count(), committed.lines().count());
    for (derived, committed) in derived.lines().zip(committed.lines()) {
        assert_eq!(derived, committed, "derive the table again, see docs/data.md");
    }
}

#[test]
fn every_amendment_names_its_source_and_a_known_kind() {
    for amendment in AMENDMENTS {
        let (group, kind, version) = amendment.of;
        assert!(schema::facts(group, version, kind).is_some(), "{}", amendment.name);
        assert!(amendment.source.contains('/'), "{}", amendment.name);
    }
}

fn crd(name: &str, schema: &str) -> Result<String, String> {
    let text = format!(
        "apiVersion: apiextensions.k8s.io/v1beta1
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {{kind: Thing}}
  version: v1
  validation:
    openAPIV3Schema: {{type: object, properties: {{spec: {schema}, status: {{allOf: []}}}}}}
"
    );
    let facts = derive(&[CrdFile { name: name.to_owned(), text }]).map_err(|error| error.to_string())?;
    Ok(render(&facts))
}

#[test]
fn types_bounds_and_old_crds_are_read_and_prose_is_left() {
    assert_eq!(
        crd(
            "a.yaml",
            "{type: string, description: Some prose here, maxLength: 3, nullable: true, default: x}"
        ),
        Ok(concat!(
            r#"{"group":"example.com","version":"v1","kind":"Thing","schema":{"fields":{"#,
            r#""spec":{"nullable":{"string":{"max":3}}},"status":"any"}}}"#,
            "\n"
        )
        .to_owned())
    );
}

#[test]
fn what_the_table_cannot_express_stops_the_derivation() {
    for (schema, reason) in [
        ("{type: string, pattern: '(?=x)'}", "the pattern of `spec` does not compile"),
        ("{type: string, multipleOf: 3}", "unknown field `multipleOf`"),
        ("{type: object, anyOf: []}", "`spec` has `anyOf`"),
        ("{type: array}", "the type of `spec` is not known"),
    ] {
        let error = crd("a.yaml", schema).unwrap_err();
        assert!(error.contains(reason) && error.contains("example.com v1 Thing in `a.yaml`"), "{error}");
    }
}

#[test]
fn of_a_file_named_after_a_version_only_that_counts() {
    let text = "kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Thing}
  versions:
    - {name: v1, schema: {openAPIV3Schema: {type: object}}}
    - {name: v1beta1, schema: {openAPIV3Schema: {type: object}}}
";
    let of = |names: &[&str]| {
        let file = |name: &&str| CrdFile { name: (*name).to_owned(), text: text.to_owned() };
        let files: Vec<_> = names.iter().map(file).collect();
        let facts = derive(&files).map_err(|error| error.to_string())?;
        Ok::<_, String>(facts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(of(&["example.com_things_v1beta1.yaml"]), Ok("Thing `example.com/v1beta1`".to_owned()));
    let both = "Thing `example.com/v1` Thing `example.com/v1beta1`";
    assert_eq!(of(&["example.com_things.yaml"]), Ok(both.to_owned()));
    assert_eq!(
        of(&["example.com_things.yaml", "example.com_things_v1.yaml"]),
        Err("example.com v1 Thing in `example.com_things_v1.yaml` was in an earlier file already".to_owned())
    );
}
