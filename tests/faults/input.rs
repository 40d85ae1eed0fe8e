//! Files that are huge, deep, or made to harm a parser.

use std::fmt::Write as _;

use super::{OLD, RELEASE, new};
use crate::harness::{World, snapshots};

const WRITE: [&str; 4] = ["migrate", "apis", "--yes", "--allow-dirty"];

#[test]
fn a_file_that_is_too_large_is_left_alone_and_named() {
    let mut large = RELEASE.to_owned();
    large.push_str(&"    # filler of a generated file, which nobody wrote\n".repeat(1_000_000));
    assert!(large.len() > 50 << 20, "{}", large.len());
    let world = World::new().file("large.yaml", &large).file("small.yaml", OLD);
    let ran = world.run(&WRITE);
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.out.contains("1 skipped (is larger than 32 MiB)"), "{ran}");
    assert!(ran.out.contains("large.yaml:1:1: error: the file cannot be read"), "{ran}");
    assert_eq!(world.read("small.yaml"), new());
    assert!(world.read("large.yaml") == large);
}

#[test]
fn ten_thousand_documents_are_one_file() {
    let document = |number: usize, version: &str| {
        if number.is_multiple_of(100) {
            OLD.replace("v1beta2", version).replace("name: a", &format!("name: a{number} # the {number}th"))
        } else {
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\n")
        }
    };
    let stream =
        |version| (0..10_000).map(|number| document(number, version)).collect::<Vec<_>>().join("---\n");
    let world = World::new().file("stream.yaml", stream("v1beta2"));
    let ran = world.run(&WRITE);
    assert_eq!(ran.status, 0, "{ran}");
    assert!(world.read("stream.yaml") == stream("v1"));
}

/// Each with what the migration says of it; only those that it can read move.
#[test]
fn hostile_files_are_refused_or_migrated_whole() {
    let deep = |open: &str, close: &str| {
        format!("{RELEASE}    a: {}{}\n", open.repeat(10_000), close.repeat(10_000))
    };
    let block: String = (4..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let level = |name: &dyn Fn(usize, usize) -> String, at: usize| {
        (0..9).map(|key| name(key, at)).collect::<Vec<_>>()
    };
    let laughs: String = (1..30)
        .map(|at| format!("    a{at}: &a{at} [{}]\n", level(&|_, at| format!("*a{}", at - 1), at).join(", ")))
        .collect();
    let merged: String = (1..30)
        .map(|at| {
            format!(
                "a{at}: &a{at} {{{}}}\n",
                level(&|key, at| format!("k{key}: *a{}", at - 1), at).join(", ")
            )
        })
        .collect();
    let merged = format!("a0: &a0 {{chart: a}}\n{merged}");
    let mut cases: Vec<(&str, Vec<u8>)> = vec![
        ("10,000 flow sequences", deep("[", "]").into()),
        ("10,000 flow mappings", deep("{a: ", "}").into()),
        ("10,000 block sequences in a line", deep("- ", "").into()),
        ("3,000 block mappings", format!("{RELEASE}{block}").into()),
        ("laughs in values", format!("{RELEASE}    a0: &a0 [x]\n{laughs}").into()),
        ("laughs for values", format!("{merged}{}", RELEASE.replace("values:", "values: *a29")).into()),
        ("laughs merged", format!("{merged}{}", RELEASE.replace("values:", "<<: *a29")).into()),
        ("an anchor in itself", RELEASE.replace("values:", "values: &v\n    <<: *v").into()),
        ("an unknown alias", RELEASE.replace("values:", "values: *nowhere").into()),
        ("apiVersion twice", format!("{OLD}apiVersion: source.toolkit.fluxcd.io/v1\n").into()),
        ("a field twice", OLD.replace("  interval: 1m\n", "  interval: 1m\n  interval: 2m\n").into()),
        ("no UTF-8", [OLD.as_bytes(), b"# \xff\xfe\n"].concat()),
        ("a NUL", OLD.replace("name: a", "name: \"a\0\"").into()),
    ];
    // One alone says nothing about what else is in the folder.
    cases.push(("nothing but brackets", "[".repeat(100_000).into()));
    let mut said = String::new();
    for (name, bytes) in cases {
        let world = World::new().file("hostile.yaml", &bytes).file("good.yaml", OLD);
        let ran = world.run(&WRITE);
        let after = std::fs::read(world.path("hostile.yaml")).unwrap();
        let moved =
            String::from_utf8_lossy(&bytes).replacen("/v2beta1", "/v2", 1).replacen("/v1beta2", "/v1", 1);
        let fate = if after == bytes { "stays" } else { "moves" };
        assert!(after == bytes || after == moved.as_bytes(), "{name}: {ran}");
        assert_eq!(world.read("good.yaml"), new(), "{name}: {ran}");
        writeln!(said, "{name}: {fate}, status {}", ran.status).unwrap();
        let about = ran
            .out
            .lines()
            .filter(|line| line.starts_with("hostile.yaml") && !line.contains("its API version"));
        about.take(1).for_each(|line| writeln!(said, "  {line}").unwrap());
    }
    let _guard = snapshots("faults");
    insta::assert_snapshot!("hostile", said);
}
