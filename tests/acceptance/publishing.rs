use serde_json::Value;

use super::subject::Subject;
use super::value::{list, text};
use super::workflows::{PUBLISH, jobs, workflows};
use super::{Check, proved};

/// What publishes needs validation.
pub(super) const VALIDATED: Check = Check { name: "validation before publishing", find: validated };
/// What is signed is a digest, and the tag that clusters follow moves afterwards.
pub(super) const SIGNED_BY_DIGEST: Check = Check { name: "signatures by digest", find: signed };

/// Jobs that push something.
fn publishes(job: &Value) -> bool {
    list(job, "steps").iter().any(|step| {
        let run = text(step, "run");
        ["artifact.sh publish", "artifact.sh release", "flux push", "cosign sign"]
            .iter()
            .any(|command| run.contains(command))
    })
}

fn validated(subject: &Subject) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut publishing = 0;
    for (path, workflow) in workflows(subject) {
        for (name, job) in jobs(workflow).filter(|(_, job)| publishes(job)) {
            publishing += 1;
            let (mut open, mut validates) = (vec![job], false);
            while let Some(job) = open.pop() {
                let needs = [text(job, "needs")]
                    .into_iter()
                    .chain(list(job, "needs").iter().filter_map(Value::as_str));
                for need in needs.filter_map(|need| workflow["jobs"].get(need)) {
                    validates |= text(need, "uses") == "./.github/workflows/validate.yaml";
                    open.push(need);
                }
            }
            let always = text(job, "if").contains("always()");
            if !validates || always {
                complaints.push(format!("{path}: {name} publishes what nothing has validated"));
            }
        }
    }
    let wanted = if subject.pattern() == "gitless" { 2 * subject.tree.repositories.len() } else { 0 };
    if publishing != wanted {
        complaints.push(format!("{publishing} jobs publish, not {wanted}"));
    }
    complaints
}

fn signed(subject: &Subject) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut signs = 0;
    for (path, content) in &subject.tree.files {
        let joined = content.replace("\\\n", " ");
        let commands = joined.lines().filter(|line| line.trim_start().starts_with("cosign sign "));
        for command in commands {
            signs += 1;
            if !command.contains('@') {
                complaints.push(format!("{path}: {}", command.trim()));
            }
        }
        for (function, tag) in [("publish", "latest"), ("release", "latest-stable")] {
            let Some((_, body)) = joined.split_once(&format!("\n{function}() {{\n")) else { continue };
            let body = body.split_once("\n}").map_or(body, |(body, _)| body);
            let moved =
                body.find(&format!("move \"$digest\" {tag}\n")).or_else(|| body.find(&format!("\" {tag}")));
            let signed = body.find("sign \"$digest\"");
            if signed.is_none() || signed > moved || moved.is_none() {
                complaints.push(format!("{path}: {function} moves {tag} before it signs"));
            }
        }
    }
    if (subject.pattern() == "gitless") != (signs > 0) {
        complaints.push(format!("{signs} commands sign"));
    }
    complaints
}

#[test]
fn publishing_needs_validation() {
    let release = "platform-fleet/.github/workflows/release.yaml";
    proved(
        &VALIDATED,
        &[
            ("gitless/default", PUBLISH, "    needs: validate\n", ""),
            ("gitless/default", release, "    needs: validate\n", "    needs: validate\n    if: always()\n"),
            ("gitless/default", release, "workflows/validate.yaml", "workflows/lint.yaml"),
            ("gitless/default", release, "artifact.sh release", "artifact.sh"),
        ],
    );
}

#[test]
fn signatures_are_of_digests_and_come_before_the_tag() {
    let script = "platform-fleet/scripts/artifact.sh";
    proved(
        &SIGNED_BY_DIGEST,
        &[
            (
                "gitless/default",
                script,
                "cosign sign --yes \"$artifact@$1\"",
                "cosign sign --yes \"$artifact:latest\"",
            ),
            ("gitless/default", script, "  sign \"$digest\"\n", ""),
            (
                "gitless/default",
                script,
                "  digest=$(push \"$folder\")\n",
                "  digest=$(push \"$folder\")\n  move \"$digest\" latest\n",
            ),
        ],
    );
}
