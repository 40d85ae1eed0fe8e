//! Which release a file says it is.

use flux_forge::bootstrap::release::{Absence, Source, Told, Version, header_components, tell};
use serde_json::Value;

use crate::bootstrap::stock::Stock;

fn told(text: &str) -> Told {
    let objects = crate::bootstrap::stock::objects(text);
    tell(text, &objects.iter().collect::<Vec<&Value>>())
}

fn texts(told: &Told) -> Vec<&str> {
    told.evidence.iter().map(|evidence| evidence.text.as_str()).collect()
}

#[test]
fn labels_header_and_images_of_a_stock_file_agree() {
    let told = told(&Stock::of("2.9.4").text());
    assert_eq!(told.version(), Some(Version::new(2, 9, 4)));
    assert_eq!(told.contradictions(), Vec::<&_>::new());
    assert_eq!(
        texts(&told),
        [
            "12 objects labelled `app.kubernetes.io/version: v2.9.4`",
            "the header says `v2.9.4`",
            "the images are those of v2.9.4"
        ]
    );
}

#[test]
fn labels_count_more_than_the_header_and_that_more_than_images() {
    let text = Stock::of("2.9.4").text();
    let header = text.replace("# Flux Version: v2.9.4", "# Flux version: v2.9.3");
    assert_eq!(told(&header).version(), Some(Version::new(2, 9, 4)));
    let contradicted = told(&header);
    assert_eq!(contradicted.contradictions()[0].text, "the header says `v2.9.3`");
    let unlabelled = header.replace("app.kubernetes.io/version: v2.9.4", "a: b");
    let unlabelled = told(&unlabelled);
    assert_eq!(unlabelled.version(), Some(Version::new(2, 9, 3)));
    assert_eq!(unlabelled.contradictions()[0].source, Source::Images);
    assert_eq!(told("kind: Namespace\n"), Told { evidence: Vec::new() });
}

#[test]
fn images_that_were_bumped_by_hand_are_named() {
    let text = Stock::of("2.9.4").text();
    let told = told(&text.replace("source-controller:v1.9.4", "source-controller:v1.9.9"));
    assert_eq!(told.contradictions().len(), 1);
    assert_eq!(
        told.contradictions()[0].text,
        "the images are of no known release; not of v2.9.4: `source-controller:v1.9.9`"
    );
}

#[test]
fn images_of_a_release_without_facts_tell_nothing() {
    let old = Stock::of("2.9.4").text().replace("v2.9.4", "v0.41.2").replace(":v1.", ":v0.");
    assert_eq!(texts(&told(&old)).len(), 2);
    let bumped = Stock::of("2.9.4").text().replace("v2.9.4", "v0.41.2");
    assert_eq!(told(&bumped).contradictions()[0].text, "the images are those of v2.9.4");
}

#[test]
fn a_single_label_that_differs_is_seen() {
    let text = Stock::of("2.9.4").text();
    let told = told(&text.replacen("version: v2.9.4", "version: v2.9.1", 1));
    // That of the Namespace counts more than those of the others.
    assert_eq!(told.version(), Some(Version::new(2, 9, 1)));
    assert_eq!(told.contradictions().len(), 3);
}

#[test]
fn versions_without_facts_say_why() {
    let absence = |version: &str| Absence::of(version.parse().unwrap()).map(|absence| absence.to_string());
    assert_eq!(absence("v2.9.4"), None);
    let said = ["2.8.4", "0.41.2", "2.10.0", "2.6.9"].map(|version| absence(version).unwrap());
    assert_eq!(
        said,
        [
            "v2.8.4 was released, but its manifests are not known",
            "v0.41.2 is older than v2.2.3, the oldest release that is known",
            "v2.10.0 is newer than v2.9.4, the newest release that is known",
            "v2.6.9 is no release that is known",
        ]
    );
}

#[test]
fn a_header_tells_its_components() {
    assert_eq!(header_components(&Stock::of("2.3.0").text()).map(|names| names.len()), Some(4));
    assert_eq!(header_components("# Components: a, b\nkind: C\n"), Some(vec!["a", "b"]));
    assert_eq!(header_components("kind: C\n# Components: a\n"), None);
}
