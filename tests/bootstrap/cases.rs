//! What becomes of stock installations that were changed in every way that is known: `cases/bootstrap/*.yaml`, one entry
//! a fixture, each with its snapshot.

mod coverage;
pub(crate) mod fixture;

use std::collections::BTreeMap;
use std::fmt::Write;

use flux_forge::bootstrap::account::Row;
use flux_forge::bootstrap::clusters::{Cluster, State, clusters};
use flux_forge::bootstrap::limit::Limit;
use flux_forge::bootstrap::proof::Proof;
use flux_forge::change::Action;
use flux_forge::flux::Index;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::harness::{World, snapshots};
use fixture::{Fixture, Verdict};

#[test]
fn flags() {
    judge("flags");
}

#[test]
fn layouts() {
    judge("layouts");
}

#[test]
fn porting() {
    judge("porting");
}

#[test]
fn idioms() {
    judge("idioms");
}

#[test]
fn roots() {
    judge("roots");
}

#[test]
fn refusals() {
    judge("refusals");
}

#[test]
fn normalisation() {
    judge("normalisation");
}

/// Runs the fixtures of a group: each gives its snapshot and its verdict, a second run changes nothing, and the files of
/// Flux stay as they are.
fn judge(group: &str) {
    let only = std::env::var("FLUX_FORGE_FIXTURE").unwrap_or_default();
    let fixtures: BTreeMap<String, Fixture> =
        fixture::group(group).into_iter().filter(|(name, _)| name.contains(&only)).collect();
    let runs: BTreeMap<String, Run> =
        fixtures.into_par_iter().map(|(name, fixture)| (name, run(&fixture))).collect();
    let _guard = snapshots("bootstrap/cases");
    let mut wrong = Vec::new();
    for (name, run) in &runs {
        let shown = std::panic::catch_unwind(|| insta::assert_snapshot!(name.as_str(), &run.page));
        wrong.extend(shown.is_err().then(|| format!("{name}: the snapshot differs")));
        wrong.extend(run.wrong.iter().map(|wrong| format!("{name}: {wrong}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What a fixture gave.
struct Run {
    page: String,
    wrong: Vec<String>,
}

fn run(fixture: &Fixture) -> Run {
    let world = fixture.world();
    let mut page = format!("# {}\n# {}\n", fixture.shows, fixture.verdict);
    let mut wrong = Vec::new();
    let ready = {
        let repo = world.repo();
        let index = Index::new(&repo);
        let found = clusters(&repo, &index);
        for cluster in &found {
            tell(&mut page, cluster);
        }
        wrong.extend(against(&fixture.verdict(), &found));
        found.iter().any(|cluster| matches!(cluster.state, State::Ready(_)))
    };
    let before = flux(&world);
    let ran = world.run(&["migrate", "bootstrap", "--yes"]);
    let _ = writeln!(page, "\nexit code {}", ran.status);
    if ready {
        for path in files(&world).filter(|path| path.ends_with("/flux-instance.yaml")) {
            let _ = write!(page, "\n--- {path}\n{}", world.read(&path));
        }
        // The page that tells people what to do is the same for all of this, and has snapshots of its own.
    }
    if ran.status != u8::from(matches!(fixture.verdict(), Verdict::Refused(_))) {
        wrong.push(format!("the exit code is {}: {}", ran.status, ran.err));
    }
    let after = flux(&world);
    let gone: Vec<&String> =
        before.iter().filter(|(path, text)| after.get(*path) != Some(text)).map(|(path, _)| path).collect();
    if !gone.is_empty() {
        wrong.push(format!("changed: {gone:?}"));
    }
    if ready {
        let again = world.run(&["migrate", "bootstrap", "--diff"]);
        if again.out.contains("diff --git") {
            wrong.push(format!("a second run changes something:\n{}", again.out));
        }
    }
    Run { page, wrong }
}

/// What `flux bootstrap` wrote.
fn flux(world: &World) -> BTreeMap<String, String> {
    let names = ["gotk-components.yaml", "gotk-sync.yaml"];
    let files = files(world).filter(|path| names.iter().any(|name| path.ends_with(name)));
    files.map(|path| (path.clone(), world.read(&path))).collect()
}

fn files(world: &World) -> impl Iterator<Item = String> {
    let tree = ignore::WalkBuilder::new(world.root()).standard_filters(false).build().map(Result::unwrap);
    let files = tree.filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()));
    let mut paths: Vec<String> = files
        .map(|entry| entry.path().strip_prefix(world.root()).unwrap().display().to_string())
        .filter(|path| !path.starts_with(".git/"))
        .collect();
    paths.sort();
    paths.into_iter()
}

/// Whether the clusters are what the verdict says.
fn against(verdict: &Verdict, found: &[Cluster]) -> Option<String> {
    let refused: Vec<&str> = found
        .iter()
        .filter_map(|cluster| match &cluster.state {
            State::Refused(refusal, _) => Some(refusal),
            State::Ready(_) => None,
        })
        .flat_map(|refusal| &refusal.rows)
        .filter_map(Row::limit)
        .map(Limit::id)
        .collect();
    let ready = found.iter().filter(|cluster| matches!(cluster.state, State::Ready(_))).count();
    match verdict {
        Verdict::Refused(limit) if refused.contains(&limit.as_str()) => None,
        Verdict::Refused(limit) => Some(format!("not refused as `{limit}`, but {refused:?}, {ready} ready")),
        Verdict::Equal | Verdict::Unjudged if ready == found.len() => None,
        Verdict::Equal | Verdict::Unjudged => {
            Some(format!("{ready} of {} ready, refused: {refused:?}", found.len()))
        }
    }
}

/// What is said of a cluster.
pub(crate) fn tell(page: &mut String, cluster: &Cluster) {
    let _ = writeln!(page, "\n== {} in {}", cluster.name, cluster.site.folder);
    match &cluster.state {
        State::Refused(refusal, draft) => {
            page.push_str("refused:\n");
            refusal.rows.iter().for_each(|row| tell_row(page, row));
            if let Some(draft) = draft {
                page.push_str("account:\n");
                draft.rows.iter().for_each(|row| tell_row(page, row));
                tell_proof(page, &draft.proof);
            }
        }
        State::Ready(ready) => {
            page.push_str("account:\n");
            ready.draft.rows.iter().for_each(|row| tell_row(page, row));
            tell_proof(page, &ready.draft.proof);
            page.push_str("changes:\n");
            for change in &ready.prepared.changes {
                let what = match &change.action {
                    Action::Create { .. } => "create",
                    Action::Modify(_) => "modify",
                    Action::Delete => "delete",
                };
                let _ = writeln!(page, "  {what} {}: {}", change.path, change.reason);
            }
        }
    }
}

fn tell_row(page: &mut String, row: &Row) {
    let Row { subject, place, outcome } = row;
    let _ = writeln!(
        page,
        "  {:<8} {subject}\n           {}:{}  {outcome}",
        outcome.word(),
        place.path,
        place.line
    );
}

fn tell_proof(page: &mut String, proof: &Proof) {
    let _ = writeln!(page, "proof: {} the same", proof.equal);
    for one in &proof.unexpected {
        let _ = writeln!(page, "  not the same: {}: {}", one.object, one.meaning);
    }
}
