//! The table of releases.

use std::sync::Mutex;

use flux_forge::bootstrap::release::derive::{Facts, StockFile, derive};
use flux_forge::bootstrap::release::{Component, Release, Version};

use crate::bootstrap::stock;

const COMMITTED: &str = include_str!("../../../src/bootstrap/release/facts.txt");

#[test]
fn the_committed_table_is_what_the_manifests_say() {
    let Some(manifests) = stock::manifests() else { return };
    let releases = Mutex::new(Release::all());
    let files = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(release) = releases.lock().unwrap().next() else { break };
                    let name = release.version().to_string();
                    let components: Vec<_> = release.components().iter().map(|it| it.name()).collect();
                    let text =
                        stock::made(&manifests, &name, &[format!("--components={}", components.join(","))]);
                    files.lock().unwrap().push(StockFile { name, text });
                }
            });
        }
    });
    let derived = derive(&files.into_inner().unwrap()).unwrap().render();
    assert!(derived == COMMITTED, "derive the table again, see docs/data.md");
}

#[test]
fn the_table_is_small_and_reads_back() {
    assert!(COMMITTED.len() < 60_000);
    assert_eq!(Facts::parse(COMMITTED).unwrap().render(), COMMITTED);
}

#[test]
fn the_bases_of_tests_give_the_lines_of_their_releases() {
    let files = ["2.3.0", "2.9.4"].map(|name| StockFile { name: name.to_owned(), text: stock::base(name) });
    let derived = derive(&files).unwrap().render();
    for line in derived.lines().filter(|line| !line.starts_with("release ")) {
        let object = line.split(' ').take(4).collect::<Vec<_>>().join(" ");
        assert!(COMMITTED.contains(&object), "{object}");
    }
}

#[test]
fn what_was_made_with_flags_gives_no_facts() {
    let base = stock::base("2.3.0");
    for (from, to, reason) in [
        ("--log-level=info", "--log-level=debug", "source-controller was given `debug` as --log-level"),
        ("flux-system", "gotk", "its namespace is not `flux-system`"),
        ("image: ghcr.io/", "image: quay.io/", "`quay.io/fluxcd/source-controller:v1.3.0` is no stock image"),
        ("# Flux Version: v2.3.0", "# Flux Version: main", "`main` is not the version of a Flux release"),
    ] {
        let file = StockFile { name: "a.yaml".to_owned(), text: base.replace(from, to) };
        let error = derive(&[file]).unwrap_err().to_string();
        assert_eq!(error, format!("cannot take facts from `a.yaml`: {reason}"));
    }
    let twice = ["a", "b"].map(|name| StockFile { name: name.to_owned(), text: base.clone() });
    assert_eq!(derive(&twice).unwrap_err().to_string(), "v2.3.0 is there twice");
}

#[test]
fn releases_tell_their_neighbours_components_and_images() {
    let release = Release::of("v2.8.5").unwrap();
    assert_eq!(release.version(), Version::new(2, 8, 5));
    assert_eq!(Release::of("2.8.5"), Some(release));
    assert_eq!(release.newest_patch().version(), Version::new(2, 8, 8));
    assert_eq!(Release::oldest().version(), Version::new(2, 2, 3));
    assert_eq!(Release::all().last(), Some(Release::newest()));
    assert_eq!(Release::all().count(), 29);
    assert_eq!(release.components(), Component::ALL);
    assert_eq!(Release::oldest().components(), Component::ALL[..6]);
    assert_eq!(Release::oldest().image_tag(Component::SourceController), Some("v1.2.4"));
    assert_eq!(Release::oldest().image_tag(Component::SourceWatcher), None);
    for (version, objects) in [("2.2.3", 31), ("2.6.4", 31), ("2.7.0", 32), ("2.9.4", 32)] {
        assert_eq!(Release::of(version).unwrap().objects(&Component::DEFAULT).len(), objects, "{version}");
    }
    for unknown in ["2.8.4", "2.2.2", "2.9", "v2.9.4-rc.1", "2.09.4", ""] {
        assert_eq!(Release::of(unknown), None);
    }
}
