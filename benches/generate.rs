//! What `flux-forge new` costs from the arguments to the files on disk: blueprint read and checked, answers checked,
//! everything rendered, judged and written. No Git repositories are made.

#![allow(missing_docs, reason = "criterion's macros generate public functions")]

use std::ffi::OsString;
use std::io;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use flux_forge::blueprint::patterns;
use flux_forge::cli;
use flux_forge::ui::Ui;

const COMPONENTS: &str =
    "cert-manager, envoy-gateway, external-secrets, kube-prometheus-stack, kyverno, metrics-server";

/// Runs `new` in `folder` with `more` arguments.
fn generate(folder: &Path, more: &[String]) {
    let fixed = ["flux-forge", "new", "out", "--defaults", "--no-git"].map(str::to_owned);
    let args = fixed.iter().chain(more).map(OsString::from);
    let mut ui = Ui::captured(Box::new(io::sink()), Box::new(io::sink()));
    assert_eq!(cli::run(args, &mut ui, folder), 0, "these answers work");
}

fn files(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder that was written");
    let count = |entry: io::Result<std::fs::DirEntry>| {
        let path = entry.expect("an entry of it").path();
        if path.is_dir() { files(&path) } else { 1 }
    };
    entries.map(count).sum()
}

/// Answers with `clusters` clusters in three environments, and `teams` teams.
fn answers(pattern: &str, clusters: usize, teams: usize) -> Vec<String> {
    let stage = |number: usize| match number * 3 / clusters {
        0 => "dev",
        1 => "staging",
        _ => "production*",
    };
    let clusters: Vec<String> = (0..clusters).map(|number| format!("c{number}={}", stage(number))).collect();
    let teams: Vec<String> = (0..teams).map(|number| format!("team-{number}")).collect();
    [
        ("pattern", pattern.to_owned()),
        ("clusters", clusters.join(",")),
        ("teams", teams.join(",")),
        ("components", COMPONENTS.to_owned()),
        ("domain", "acme.io".to_owned()),
        ("email", "ops@acme.io".to_owned()),
    ]
    .iter()
    .map(|(key, value)| format!("--set={key}={value}"))
    .collect()
}

fn bench(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    name: &str,
    more: &[String],
) {
    let once = tempfile::tempdir().expect("a temporary folder");
    generate(once.path(), more);
    group.throughput(Throughput::Elements(files(once.path())));
    group.bench_function(name, |bencher| {
        bencher.iter_batched_ref(
            || tempfile::tempdir().expect("a temporary folder"),
            |folder| generate(folder.path(), more),
            BatchSize::PerIteration,
        );
    });
}

fn defaults(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("new, defaults");
    group.sample_size(20);
    for pattern in patterns() {
        bench(&mut group, pattern, &[format!("--pattern={pattern}")]);
    }
    group.finish();
}

/// Elements a second stay the same where the cost grows with the files written and with nothing else.
fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("new, all components");
    group.sample_size(10);
    for pattern in patterns() {
        for (clusters, teams) in [(5, 2), (12, 5), (25, 10), (50, 20)] {
            let name = format!("{pattern}, {clusters} clusters, {teams} teams");
            bench(&mut group, &name, &answers(pattern, clusters, teams));
        }
    }
    group.finish();
}

criterion_group!(benches, defaults, growth);
criterion_main!(benches);
