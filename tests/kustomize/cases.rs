//! Small trees: what each of their folders builds to, and that kustomize says the same.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use flux_forge::kustomize::{self, Action, Build, Failure, Object};
use flux_forge::repo::Repo;

use super::judge;
use crate::harness::{self, World};

/// A tree from `tests/cases/kustomize/`: text, then files, each under its path.
struct Case {
    name: String,
    world: World,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/kustomize");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    let world = World::new();
    for file in text.split("=== ").skip(1) {
        let (path, content) = file.split_once('\n').unwrap();
        world.put(path, content);
    }
    Case { name: path.file_stem().unwrap().to_string_lossy().into_owned(), world }
}

#[test]
fn folders_are_built_as_before() {
    let _guard = harness::snapshots("kustomize");
    for case in cases() {
        let repo = case.world.repo();
        let mut shown = String::new();
        for folder in judge::folders(&repo) {
            writeln!(shown, "=== {folder}\n{}", show(&kustomize::build(&repo, &folder))).unwrap();
        }
        insta::assert_snapshot!(case.name, shown);
    }
}

#[test]
fn kustomize_builds_the_same() {
    let Some(program) = judge::kustomize() else { return };
    let mut different = Vec::new();
    for case in cases() {
        let repo = case.world.repo();
        for folder in judge::folders(&repo) {
            let own = kustomize::build(&repo, &folder);
            let theirs = judge::built_by(&program, &case.world.path(&folder));
            let difference = judge::difference(&own, &theirs);
            different.extend(difference.map(|difference| format!("{} {folder}: {difference}", case.name)));
        }
    }
    assert!(different.is_empty(), "{} differ\n{}", different.len(), different.join("\n\n"));
}

/// The steps with what they selected, and the objects that differ from what is written.
pub(super) fn show(build: &Result<Build, Failure>) -> String {
    let build = match build {
        Ok(build) => build,
        Err(failure) => return format!("fails: {failure}\n"),
    };
    let mut shown = String::new();
    for (index, step) in build.steps.iter().enumerate() {
        let action = match &step.action {
            Action::Patch(patch) => {
                let target = patch.target.is_some();
                format!("patch, {} target, from {:?}", if target { "with" } else { "without" }, patch.file)
            }
            action => format!("{action:?}"),
        };
        writeln!(shown, "{index}: {} at {}:{}: {action}", step.field, step.path, step.place.range()).unwrap();
        for id in &step.selected {
            let fate = if step.deleted.contains(id) { "deletes" } else { "selects" };
            writeln!(shown, "    {fate} {id}").unwrap();
        }
    }
    for object in &build.objects {
        writeln!(shown, "{}", head(object)).unwrap();
        if !object.steps.is_empty() {
            writeln!(shown, "  {}", object.value).unwrap();
        }
    }
    for object in &build.deleted {
        writeln!(shown, "gone: {}", head(object)).unwrap();
    }
    shown
}

fn head(object: &Object) -> String {
    let written = &object.written;
    let place = written.place.range();
    format!("{} from {}#{} {place} by {:?}", object.id(), written.path, written.document, object.steps)
}

#[test]
fn what_is_not_evaluated_is_told() {
    let world = World::new().file(
        "kustomization.yaml",
        "resources: [https://example.com/base.yaml, 'git@example.com:org/repo.git//x?ref=v1']\n\
         configMapGenerator: [{name: a}, {name: b}]\nreplacements: [{path: r.yaml}]\nopenapi: {version: v1.21.2}\n\
         patches:\n- patch: '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}'\n",
    );
    let build = kustomize::build(&world.repo(), "").unwrap();
    let _guard = harness::snapshots("kustomize");
    let remotes: String =
        build.remotes.iter().map(|remote| format!("{} {}\n", remote.place.range(), remote.url)).collect();
    insta::assert_snapshot!("not_evaluated", format!("{remotes}{}", show(&Ok(build))));
}

#[test]
fn hostile_trees_end() {
    let mut repo = Repo::empty("/nowhere");
    let put =
        |path: &str, text: String| (path.to_owned(), Some(flux_forge::repo::File::new(text.into_bytes())));
    // Each folder is built from the next one twice.
    let folder = |n: usize| {
        put(&format!("l{n}/kustomization.yaml"), format!("resources: [../l{0}, ../l{0}]\n", n + 1))
    };
    repo = repo.with((0..40).map(folder));
    repo = repo.with([put("l40/kustomization.yaml", "resources: []\n".to_owned())]);
    assert!(kustomize::build(&repo, "l0").unwrap_err().message.contains("folders"));
}
