//! How fast files are parsed and indexed, and what a whole scan of a large tree costs.
//!
//! The tree is generated: the same bytes on every machine. 20,000 YAML files of about 2 KB in folders of 100, one in
//! seven of them a Flux object.

#![allow(missing_docs, reason = "criterion's macros generate public functions")]

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flux_forge::change::apply;
use flux_forge::flux::{Index, scan};
use flux_forge::plan::Plan;
use flux_forge::repo::{File, Repo, Scan};
use flux_forge::rules::ignore::Ignores;
use flux_forge::rules::{Context, Group, Options, engine};
use flux_forge::yaml::{Operation, Route, edits, parse};

const FILES: usize = 20_000;

fn flux_object(number: usize, version: &str) -> String {
    let mut text = format!(
        "# app {number}: kept as it is\napiVersion: helm.toolkit.fluxcd.io/{version}\nkind: HelmRelease\nmetadata:\n  \
         name: app-{number}\n  namespace: team-{}\nspec:\n  interval: 30m\n  chart:\n    spec:\n      chart: app\n      \
         sourceRef:\n        kind: HelmRepository\n        name: charts\n  values:\n",
        number % 37
    );
    for key in 0..40 {
        let _ = writeln!(text, "    key{key}: \"{:020x}\" # value {key}", number * 7919 + key);
    }
    text
}

fn plain_object(number: usize) -> String {
    let mut text =
        format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-{number}\ndata:\n");
    for key in 0..60 {
        let _ = writeln!(text, "  key{key}: value-{:016x}", number * 104_729 + key);
    }
    text
}

fn tree(root: &Path, version: &str) {
    for number in 0..FILES {
        let folder = root.join(format!("apps/d{}", number / 100));
        if number % 100 == 0 {
            std::fs::create_dir_all(&folder).expect("a folder in a temporary folder");
        }
        let text = if number % 7 == 0 { flux_object(number, version) } else { plain_object(number) };
        std::fs::write(folder.join(format!("app-{number}.yaml")), text)
            .expect("a file in a temporary folder");
    }
}

fn kept(version: &str) -> Repo {
    let files = (0..FILES / 7).map(|number| {
        let file = File::new(flux_object(number, version).into_bytes());
        (format!("apps/app-{number}.yaml"), Some(file))
    });
    Repo::empty("/nowhere").with(files)
}

fn parsing(criterion: &mut Criterion) {
    let text = (0..500).fold(String::new(), |text, number| text + "---\n" + &flux_object(number, "v2beta1"));
    let repo = kept("v2beta1");
    let bytes: usize = repo.files.values().map(|file| file.bytes.len()).sum();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("parse one stream", |bencher| bencher.iter(|| parse(black_box(&text))));
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("parse and index 2,857 files", |bencher| {
        bencher.iter_with_large_drop(|| Index::new(black_box(&repo)));
    });
    group.finish();
}

fn deciding(criterion: &mut Criterion) {
    let text = flux_object(1, "v2beta1");
    let stream = parse(&text);
    let replace = Operation::Replace {
        at: Route::from_iter(["apiVersion"]),
        value: "helm.toolkit.fluxcd.io/v2".into(),
    };
    let repo = kept("v2beta1");
    let index = Index::new(&repo);
    let mut group = criterion.benchmark_group("decide");
    group.bench_function("verified edit of one file", |bencher| {
        bencher.iter(|| {
            let edits = edits(black_box(&text), &stream, &[(0, replace.clone())]).expect("a plain scalar");
            apply(&text, &edits).expect("edits of this text")
        });
    });
    let (ignores, options) = (Ignores::new(&index, Vec::new()), Options::default());
    let context = Context::new(&index, &options, &ignores);
    group.sample_size(20);
    group.bench_function("rules over 2,857 old objects", |bencher| {
        bencher.iter(|| engine::run(black_box(&context), &[Group::Input, Group::Migrate]));
    });
    let findings = engine::run(&context, &[Group::Input, Group::Migrate]);
    group.bench_function("plan of 2,857 changes", |bencher| {
        bencher.iter(|| {
            let mut plan = Plan::new("Move");
            for change in
                findings.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.changes)
            {
                plan.add(&repo, change.clone()).expect("one change a file");
            }
            plan
        });
    });
    group.finish();
}

fn scanning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scan 20,000 files");
    group.sample_size(20).throughput(Throughput::Elements(FILES as u64));
    for (name, version) in [("nothing old", "v2"), ("one in seven old", "v2beta1")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        tree(folder.path(), version);
        let keep = |path: &str, bytes: &[u8]| scan::judge(path, bytes) == scan::Verdict::Read;
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                Repo::walk(folder.path(), &Scan { keep: &keep, texts: None, named: None })
                    .expect("a readable folder")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, parsing, deciding, scanning);
criterion_main!(benches);
