//! The walk and what Git says about files.

use std::path::PathBuf;

use flux_forge::repo::git::{self, State};
use flux_forge::repo::{Excludes, Repo, Scan, discover_root};

use crate::harness::World;

fn paths(world: &World) -> Vec<String> {
    world.repo().files.into_keys().collect()
}

fn skipped(world: &World) -> Vec<(String, String)> {
    world.repo().coverage.skipped.into_iter().map(|skipped| (skipped.path, skipped.reason)).collect()
}

#[test]
fn names_that_count() {
    let world = World::new()
        .file("a.yaml", "")
        .file("b.YML", "")
        .file("deep/er/c.json", "")
        .file("k/Kustomization", "")
        .file(".hidden/d.yaml", "")
        .file("README.md", "")
        .file("kustomization", "")
        .file(".yaml.swp", "");
    assert_eq!(paths(&world), [".hidden/d.yaml", "a.yaml", "b.YML", "deep/er/c.json", "k/Kustomization"]);
    assert_eq!(world.repo().coverage.seen, 5);
}

#[test]
fn content_is_kept_for_hits_only() {
    let world = World::new().file("a.yaml", "wanted: 1\n").file("b/b.yaml", "other: 1\n");
    let keep = |path: &str, bytes: &[u8]| path == "a.yaml" && bytes.starts_with(b"wanted");
    let repo = Repo::walk(world.root(), &Scan { keep: &keep, texts: None, named: None }).unwrap();
    assert_eq!(repo.files.keys().collect::<Vec<_>>(), ["a.yaml"]);
    assert_eq!(&*repo.files["a.yaml"].bytes, b"wanted: 1\n");
    assert_eq!(repo.coverage.seen, 2);
    assert_eq!(&*repo.read("b/b.yaml").unwrap().unwrap().bytes, b"other: 1\n");
    assert_eq!(repo.read("c.yaml").unwrap(), None);
}

#[test]
fn ignored_files_are_left_out_with_and_without_git() {
    let world = World::new()
        .file(".gitignore", "build/\n*.local.yaml\n")
        .file("build/a.yaml", "")
        .file("b.local.yaml", "")
        .file("sub/.gitignore", "!b.local.yaml\nc.yaml\n")
        .file("sub/b.local.yaml", "")
        .file("sub/c.yaml", "");
    assert_eq!(paths(&world), ["sub/b.local.yaml"]);
    let world = world.git();
    assert_eq!(paths(&world), ["sub/b.local.yaml"]);
}

#[test]
fn ignore_files_of_other_tools_and_of_folders_above_do_not_count() {
    let world =
        World::new().file(".gitignore", "*.yaml\n").file("in/.ignore", "a.yaml\n").file("in/a.yaml", "");
    let repo = Repo::walk(&world.path("in"), &Scan { keep: &|_, _| true, texts: None, named: None }).unwrap();
    assert_eq!(repo.files.keys().collect::<Vec<_>>(), ["a.yaml"]);
}

#[test]
fn excluded_globs_are_those_of_gitignore() {
    let world = World::new();
    let globs = ["/vendor/".to_owned(), "a.*".to_owned(), "!a.json".to_owned()];
    let excludes = Excludes::new(world.root(), &globs).unwrap();
    let left_out = ["vendor/b.yaml", "a.yaml", "x/a.yaml"];
    assert!(left_out.iter().all(|path| excludes.contains(path)));
    assert!(["x/vendor/c.yaml", "a.json", "b.yaml"].iter().all(|path| !excludes.contains(path)));
    let error = Excludes::new(world.root(), &["{a".to_owned()]).unwrap_err();
    assert!(error.to_string().starts_with("`--exclude {a` is not a glob"), "{error}");
}

#[test]
fn git_folders_are_skipped() {
    let world = World::new().file("a.yaml", "").git();
    world.put(".git/b.yaml", "");
    world.put("sub/.git/c.yaml", "");
    assert_eq!(paths(&world), ["a.yaml"]);
}

#[test]
fn templates_of_charts_are_skipped() {
    let world = World::new()
        .file("chart/Chart.yaml", "")
        .file("chart/values.yaml", "")
        .file("chart/templates/a.yaml", "{{ x }}")
        .file("chart/templates/deep/b.yaml", "{{ x }}")
        .file("chart/charts/sub/Chart.yaml", "")
        .file("chart/charts/sub/templates/c.yaml", "{{ x }}")
        .file("templates/d.yaml", "")
        .file("my-templates/e.yaml", "");
    let kept = ["chart/Chart.yaml", "chart/charts/sub/Chart.yaml", "chart/values.yaml"];
    assert_eq!(paths(&world), [&kept[..], &["my-templates/e.yaml", "templates/d.yaml"]].concat());
    let templates =
        ["chart/charts/sub/templates/c.yaml", "chart/templates/a.yaml", "chart/templates/deep/b.yaml"];
    let expected = templates.map(|path| (path.to_owned(), "is a template of a Helm chart".to_owned()));
    let scan = |texts| Repo::walk(world.root(), &Scan { keep: &|_, _| true, texts, named: None }).unwrap();
    let told = |repo: &Repo| -> Vec<_> {
        repo.coverage.skipped.iter().map(|skipped| (skipped.path.clone(), skipped.reason.clone())).collect()
    };
    assert_eq!(told(&scan(None)), expected);
    // A caller that asks for texts has those that it keeps, and the others are skipped as before.
    let asked = scan(Some(&|path, _| path.ends_with("a.yaml")));
    assert_eq!(asked.texts.keys().collect::<Vec<_>>(), ["chart/templates/a.yaml"]);
    assert_eq!(told(&asked), [expected[0].clone(), expected[2].clone()]);
}

#[test]
fn texts_are_read_only_for_those_who_ask() {
    let world = World::new().file("README.md", "x").file("a.tf", "x").file("b.txt", "x").file("c.J2", "y");
    let scan = |texts| Repo::walk(world.root(), &Scan { keep: &|_, _| true, texts, named: None }).unwrap();
    assert!(scan(None).texts.is_empty());
    let asked = scan(Some(&|_, bytes| bytes == b"x"));
    assert_eq!(asked.texts.keys().collect::<Vec<_>>(), ["README.md", "a.tf"]);
    assert!(asked.files.is_empty());
    let file = asked.read("a.tf").unwrap().unwrap();
    let changed = asked.with([("a.tf".to_owned(), Some(file)), ("README.md".to_owned(), None)]);
    assert_eq!(changed.texts.keys().collect::<Vec<_>>(), ["a.tf"]);
    assert!(changed.files.is_empty() && changed.read("README.md").unwrap().is_none());
}

#[test]
fn texts_of_other_names_are_read_for_those_who_name_them() {
    let world =
        World::new().file("README.md", "x").file("ci/Makefile", "x").file("ci/run", "x").file("a.yaml", "x");
    let named = |path: &str| path.ends_with("/Makefile") || path == "a.yaml";
    let scan = Scan { keep: &|_, _| true, texts: Some(&|_, _| true), named: Some(&named) };
    let repo = Repo::walk(world.root(), &scan).unwrap();
    assert_eq!(repo.texts.keys().collect::<Vec<_>>(), ["README.md", "ci/Makefile"]);
    assert_eq!(repo.files.keys().collect::<Vec<_>>(), ["a.yaml"]);
}

#[test]
fn a_file_larger_than_the_first_buffer_is_read_whole() {
    let long = "x".repeat(300_000);
    let world = World::new().file("a.yaml", &long).file("b.yaml", "short");
    let repo = world.repo();
    assert_eq!(repo.files["a.yaml"].bytes.len(), long.len());
    assert_eq!(&*repo.files["b.yaml"].bytes, b"short");
}

#[test]
fn an_unreadable_root_fails() {
    let world = World::new();
    let error =
        Repo::walk(&world.path("none"), &Scan { keep: &|_, _| true, texts: None, named: None }).unwrap_err();
    assert!(world.shown(&error.to_string()).starts_with("cannot read `[ROOT]/none`"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let outside = World::new().file("secret.yaml", "secret");
    let world = World::new().file("real/a.yaml", "");
    std::os::unix::fs::symlink(outside.root(), world.path("out")).unwrap();
    std::os::unix::fs::symlink(outside.path("secret.yaml"), world.path("link.yaml")).unwrap();
    assert_eq!(paths(&world), ["real/a.yaml"]);
    assert_eq!(skipped(&world), [("link.yaml".to_owned(), "is a symbolic link".to_owned())]);
    for path in ["out/secret.yaml", "link.yaml"] {
        let error = world.repo().read(path).unwrap_err();
        assert_eq!(error.to_string(), format!("the path leads through a symbolic link: `{path}`"));
    }
}

#[test]
fn paths_out_of_the_root_are_refused() {
    let world = World::new().file("a.yaml", "");
    for path in
        ["../a.yaml", "/etc/passwd", "x/../../a.yaml", "", "a//b", "./a.yaml", ".git/config", "x/.GIT/y"]
    {
        let error = world.repo().read(path).unwrap_err();
        assert!(error.to_string().starts_with("the path "), "{path}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn odd_names_and_modes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::PermissionsExt;

    let world = World::new().file("run.yaml", "").file("with space ü.yaml", "");
    std::fs::set_permissions(world.path("run.yaml"), PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(world.root().join(OsStr::from_bytes(b"bad\xff.yaml")), "").unwrap();
    let repo = world.repo();
    assert!(repo.files["run.yaml"].executable);
    assert!(!repo.files["with space ü.yaml"].executable);
    assert_eq!(skipped(&world), [("bad\u{fffd}.yaml".to_owned(), "has a name that is not UTF-8".to_owned())]);
}

#[test]
fn states_of_files() {
    let world = World::new()
        .file(".gitignore", "ignored.yaml\n")
        .file(".gitattributes", "crlf.yaml text eol=crlf\n")
        .file("clean.yaml", "a\n")
        .file("crlf.yaml", "a\r\nb\r\n")
        .file("edited.yaml", "a\n")
        .file("staged.yaml", "a\n")
        .file("gone.yaml", "a\n")
        .git();
    world.put("edited.yaml", "b\n");
    world.put("staged.yaml", "b\n");
    world.git_run(&["add", "staged.yaml"]);
    world.put("new.yaml", "");
    world.put("added.yaml", "");
    world.git_run(&["add", "added.yaml"]);
    world.put("ignored.yaml", "");
    std::fs::remove_file(world.path("gone.yaml")).unwrap();

    let tree = git::discover(world.root()).unwrap().unwrap();
    let expected = [
        ("added.yaml", State::Modified),
        ("clean.yaml", State::Clean),
        ("crlf.yaml", State::Clean),
        ("edited.yaml", State::Modified),
        ("gone.yaml", State::Modified),
        ("ignored.yaml", State::Ignored),
        ("new.yaml", State::Untracked),
        ("staged.yaml", State::Modified),
    ];
    let states = tree.states(expected.iter().map(|(path, _)| *path)).unwrap();
    assert_eq!(states.iter().map(|(path, state)| (path.as_str(), *state)).collect::<Vec<_>>(), expected);
}

#[test]
fn states_below_the_top_and_with_autocrlf() {
    let world = World::new().file("sub/a.yaml", "a\n").git();
    world.git_run(&["config", "core.autocrlf", "true"]);
    world.put("sub/a.yaml", "a\r\n");
    let tree = git::discover(&world.path("sub")).unwrap().unwrap();
    assert_eq!((tree.top.as_path(), tree.prefix.as_str()), (world.root(), "sub/"));
    assert_eq!(tree.states(["a.yaml"]).unwrap()["a.yaml"], State::Clean);
}

#[test]
fn the_mode_is_part_of_the_state() {
    let world = World::new().file("a.yaml", "a\n").git();
    let tree = git::discover(world.root()).unwrap().unwrap();
    world.git_run(&["update-index", "--chmod=+x", "a.yaml"]);
    assert_eq!(tree.states(["a.yaml"]).unwrap()["a.yaml"], State::Modified);
}

#[test]
fn a_broken_repository_is_not_mistaken_for_none() {
    let world = World::new();
    assert!(git::discover(world.root()).unwrap().is_none());
    assert!(git::discover(&world.path("none")).unwrap().is_none());
    world.git_init();
    world.put(".git/config", "[core\n");
    let error = git::discover(world.root()).err().unwrap();
    let message = world.shown(&error.to_string());
    assert!(message.starts_with("cannot read the Git repository around `[ROOT]`: "), "{message}");
}

#[test]
fn blob_ids_are_those_of_git() {
    let world = World::new().file("a", "hello\n");
    world.git_init();
    assert_eq!(git::blob_id(b"hello\n"), world.git_run(&["hash-object", "a"]).trim());
}

#[test]
fn the_root_is_the_work_tree_or_the_folder() {
    let world = World::new().file("apps/a.yaml", "").file("infra/b.yaml", "");
    let root = |cwd: &str, given: &[&str]| {
        let given: Vec<PathBuf> = given.iter().map(PathBuf::from).collect();
        discover_root(&world.path(cwd), &given).map(|root| {
            let below = root.root.strip_prefix(world.root()).unwrap().to_str().unwrap().to_owned();
            (below, root.scope)
        })
    };
    let all: Vec<String> = vec![];
    assert_eq!(root("", &[]).unwrap(), (String::new(), all.clone()));
    assert_eq!(root("", &["apps"]).unwrap(), ("apps".to_owned(), all.clone()));
    assert_eq!(root("", &["apps/a.yaml"]).unwrap(), ("apps".to_owned(), vec!["a.yaml".to_owned()]));
    let error = root("", &["apps", "infra"]).unwrap_err();
    assert_eq!(world.shown(&error.to_string()), "`infra` lies outside of `[ROOT]/apps`");
    assert_eq!(
        root("", &["apps/c.yaml"]).unwrap_err().to_string(),
        "there is no file or folder `apps/c.yaml`"
    );

    world.git_init();
    assert_eq!(root("", &[]).unwrap(), (String::new(), all.clone()));
    assert_eq!(root("apps", &[]).unwrap(), (String::new(), vec!["apps".to_owned()]));
    let both = vec!["apps/a.yaml".to_owned(), "infra".to_owned()];
    assert_eq!(root("apps", &["../infra", "a.yaml", "./a.yaml"]).unwrap(), (String::new(), both));
    assert_eq!(root("apps", &["a.yaml", ".."]).unwrap(), (String::new(), all));
}

#[test]
fn a_scope_contains_whole_parts_of_paths() {
    let world = World::new().file("app/a.yaml", "").file("apps/b.yaml", "").git();
    let root = discover_root(world.root(), &["app".into()]).unwrap();
    assert!(root.contains("app/a.yaml") && !root.contains("apps/b.yaml"));
}
