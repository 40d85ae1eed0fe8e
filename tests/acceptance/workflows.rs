use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

use super::Check;
use super::proved;
use super::subject::Subject;
use super::value::{at, leaves, list, text};

/// A workflow may do nothing that it does not need.
pub(super) const PERMISSIONS: Check = Check { name: "permissions", find: permissions };
/// Actions and images are pinned: actions to a commit.
pub(super) const PINNED: Check = Check { name: "pinned actions", find: pinned };
/// Two runs never publish at once.
pub(super) const CONCURRENCY: Check = Check { name: "concurrency", find: concurrency };

/// What a job may be given; everything else that is written is too much.
const GIVEN: [(&str, &str); 5] = [
    ("contents", "read"),
    ("packages", "write"),
    ("packages", "read"),
    ("id-token", "write"),
    ("pull-requests", "write"),
];

static ACTION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*(- )?uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+(\.\d+)*$").unwrap());
static OWN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\s*(- )?uses: \./\.github/[\w./-]+$").unwrap());
static IMAGE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\w.:-]+(/[\w.-]+)+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$").unwrap());
static EXACT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^v?\d+\.\d+\.\d+$").unwrap());

pub(super) fn workflows(subject: &Subject) -> impl Iterator<Item = (&str, &Value)> {
    subject.tree.documents().filter(|(path, _)| path.contains(".github/workflows/"))
}

pub(super) fn jobs(workflow: &Value) -> impl Iterator<Item = (&String, &Value)> {
    workflow.get("jobs").and_then(Value::as_object).into_iter().flatten()
}

fn permissions(subject: &Subject) -> Vec<String> {
    let mut complaints = Vec::new();
    let on_github =
        subject.pattern() == "gitless" || text(&subject.answers, "repository").contains("github.com");
    for repository in subject.tree.repositories.iter().filter(|_| on_github) {
        let validate = super::tree::join(repository, ".github/workflows/validate.yaml");
        if !subject.tree.files.contains_key(&validate) {
            complaints.push(format!("no {validate}"));
        }
    }
    for (path, workflow) in workflows(subject) {
        if workflow.get("permissions") != Some(&Value::Object(Map::new())) {
            complaints.push(format!("{path}: rights that every job has"));
        }
        let events = &workflow["on"];
        if events.is_null()
            || events.get("pull_request_target").is_some()
            || events.get("workflow_run").is_some()
        {
            complaints.push(format!("{path}: events {events}"));
        }
        for (name, job) in jobs(workflow) {
            let rights = job.get("permissions").and_then(Value::as_object);
            let fits = |(key, value): (&String, &Value)| {
                GIVEN.iter().any(|(known, right)| known == key && value == right)
            };
            if !rights.is_some_and(|rights| rights.iter().all(fits)) {
                complaints.push(format!("{path}: rights of {name}"));
            }
            if job.get("uses").is_none() && job.get("timeout-minutes").is_none() {
                complaints.push(format!("{path}: {name} never ends"));
            }
            complaints.extend(steps(path, job));
        }
    }
    complaints
}

/// Steps that keep a credential, or run what someone else has written.
fn steps<'p>(path: &'p str, job: &'p Value) -> impl Iterator<Item = String> + 'p {
    list(job, "steps").iter().filter_map(move |step| {
        let keeps = text(step, "uses").starts_with("actions/checkout@")
            && at(step, "with.persist-credentials") != Some(&Value::Bool(false));
        let injects = text(step, "run").contains("${{");
        (keeps || injects).then(|| format!("{path}: the step {}{}", text(step, "uses"), text(step, "run")))
    })
}

fn pinned(subject: &Subject) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, content) in &subject.tree.files {
        let uses = content.lines().filter(|line| path.contains(".github/") && line.contains("uses: "));
        let floating = uses.filter(|line| !ACTION.is_match(line) && !OWN.is_match(line));
        complaints.extend(floating.map(|line| format!("{path}: {}", line.trim())));
    }
    for (path, pipeline) in subject.tree.documents().filter(|(path, _)| path.ends_with(".gitlab-ci.yml")) {
        for (name, job) in
            pipeline.as_object().into_iter().flatten().filter(|(_, job)| job.get("script").is_some())
        {
            let given = job["image"].as_str().unwrap_or_else(|| text(job, "image.name"));
            if !IMAGE.is_match(given) {
                complaints.push(format!("{path}: {name} runs in {given}"));
            }
        }
    }
    complaints.extend(versions(subject));
    complaints
}

/// Inputs of actions that name a version name one.
fn versions(subject: &Subject) -> Vec<String> {
    let files = subject.tree.documents().filter(|(path, _)| path.contains(".github/"));
    let inputs =
        files.flat_map(|(path, value)| leaves(value).into_iter().map(move |(key, leaf)| (path, key, leaf)));
    let named = inputs.filter(|(_, key, _)| matches!(*key, "version" | "cosign-release"));
    let bad = named.filter(|(_, _, leaf)| {
        let text = leaf.as_str().unwrap_or_default();
        !EXACT.is_match(text) && !text.starts_with("${{")
    });
    bad.map(|(path, key, leaf)| format!("{path}: {key}: {leaf}")).collect()
}

fn concurrency(subject: &Subject) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, workflow) in workflows(subject) {
        let groups = |value: &Value| !text(value, "concurrency.group").is_empty();
        let writes = |job: &Value| {
            let rights = job.get("permissions").and_then(Value::as_object);
            rights.is_some_and(|rights| rights.values().any(|right| right == "write"))
        };
        let whole = groups(workflow);
        let ungrouped = jobs(workflow).filter(|(_, job)| writes(job) && !whole && !groups(job));
        complaints.extend(ungrouped.map(|(name, _)| format!("{path}: {name} runs beside itself")));
        if !whole && !jobs(workflow).any(|(_, job)| groups(job)) {
            complaints.push(format!("{path}: no concurrency"));
        }
        let cut = |value: &Value| at(value, "concurrency.cancel-in-progress") == Some(&Value::Bool(true));
        let interrupted = jobs(workflow).filter(|(_, job)| writes(job) && (cut(workflow) || cut(job)));
        complaints
            .extend(interrupted.map(|(name, _)| format!("{path}: {name} is interrupted while it writes")));
    }
    complaints
}

pub(super) const PUBLISH: &str = "platform-infra/.github/workflows/publish.yaml";
const VALIDATE: &str = ".github/workflows/validate.yaml";

#[test]
fn workflows_have_least_permissions() {
    let fleet = format!("platform-fleet/{VALIDATE}");
    proved(
        &PERMISSIONS,
        &[
            ("monorepo/two-clusters", VALIDATE, "permissions: {}\n", "permissions: write-all\n"),
            ("monorepo/two-clusters", VALIDATE, "contents: read", "contents: write"),
            ("multi-repo/default", &fleet, "  pull_request:", "  pull_request_target:"),
            ("multi-repo/default", &fleet, "persist-credentials: false", "fetch-depth: 0"),
            (
                "gitless/default",
                PUBLISH,
                "    permissions:\n      contents: read\n    outputs",
                "    outputs",
            ),
            ("gitless/default", &fleet, "run: scripts", "run: ${{ github.head_ref }} scripts"),
            ("gitless/default", PUBLISH, "timeout-minutes", "# minutes"),
        ],
    );
}

#[test]
fn actions_are_pinned_to_commits() {
    proved(
        &PINNED,
        &[
            ("monorepo/two-clusters", VALIDATE, "uses: actions/checkout@", "uses: actions/checkout@v4 # "),
            ("monorepo/two-clusters", VALIDATE, " # v", " # "),
            (
                "multi-repo/gitlab",
                "platform-fleet/.gitlab-ci.yml",
                "flux-operator-cli:v",
                "flux-operator-cli:latest # ",
            ),
            (
                "gitless/default",
                "platform-infra/.github/actions/registry/action.yaml",
                "docker/login-action@",
                "docker/login-action@main # ",
            ),
        ],
    );
}

#[test]
fn two_runs_never_publish_at_once() {
    proved(
        &CONCURRENCY,
        &[
            ("monorepo/two-clusters", VALIDATE, "concurrency:", "group:"),
            ("gitless/default", PUBLISH, "concurrency:", "group:"),
            ("gitless/default", PUBLISH, "cancel-in-progress: false", "cancel-in-progress: true"),
            (
                "gitless/default",
                "platform-infra/.github/workflows/rollback.yaml",
                "    concurrency:",
                "    group:",
            ),
        ],
    );
}
