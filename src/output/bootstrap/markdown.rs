//! As a page, for the description of a pull request.

use std::fmt::Write;

use super::{Handover, OUTCOMES, Phase, Shown, WHENS, told, verb};
use crate::bootstrap::account::Row;
use crate::phrase::Count;
use crate::place::Place;

/// The report as Markdown: what a reviewer has to know in sight, the complete account folded.
pub fn markdown(report: &Handover<'_>) -> String {
    let mut page = String::new();
    let clusters = report.shown();
    let intro = match report.phase {
        Phase::Prepare => {
            "This adds a FluxInstance for each cluster that says what `flux bootstrap` installed, and changes no cluster by \
             itself: the Flux Operator takes Flux over when the FluxInstance is applied by hand."
        }
        Phase::Finalize => {
            "The Flux Operator has taken Flux over, so the files of `flux bootstrap` go and the FluxInstance is applied from \
             here. Nothing is deleted on the cluster."
        }
    };
    let _ = writeln!(page, "{intro}\n");
    let _ = writeln!(page, "| Cluster | Flux | Verdict | {} |", OUTCOMES.join(" | "));
    let _ = writeln!(page, "| --- | --- | --- |{}", " ---: |".repeat(OUTCOMES.len()));
    for cluster in &clusters {
        let version = cluster.version.as_deref().unwrap_or_default();
        let counts = OUTCOMES.map(|word| match word {
            "decide" => cluster.to_decide().to_string(),
            word => cluster.rows_with(word).count().to_string(),
        });
        let _ = writeln!(
            page,
            "| {} | {version} | {} | {} |",
            cluster.cluster.name,
            cluster.verdict(),
            counts.join(" | ")
        );
    }
    for cluster in &clusters {
        section(&mut page, cluster);
    }
    files(&mut page, report);
    let steps = report.next();
    if !steps.is_empty() {
        page.push_str("\n## Next\n\n");
    }
    for (at, step) in steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {step}", at + 1);
    }
    page
}

fn section(page: &mut String, cluster: &Shown<'_>) {
    let _ = writeln!(page, "\n## Cluster {}\n", cluster.cluster.name);
    let _ = writeln!(page, "`{}`: {}", cluster.cluster.site.folder, cluster.verdict());
    let decide: Vec<&Row> = cluster.rows_with("decide").collect();
    if !decide.is_empty() {
        page.push('\n');
    }
    for row in decide {
        let (text, limit) = told(row);
        let limit = limit.unwrap_or_default();
        let _ = writeln!(page, "- **decide** {}: {}: {text} (`{limit}`)", at(&row.place), row.subject);
    }
    unexpected(page, cluster);
    hazards(page, cluster);
    let rows: Vec<&Row> = OUTCOMES[1..].iter().flat_map(|word| cluster.rows_with(word)).collect();
    if !rows.is_empty() {
        open(
            page,
            &format!("Account of {}", Count(rows.len(), "thing")),
            &["Outcome", "What", "Where", "How"],
        );
        for row in rows {
            let cells = [row.outcome.word(), &row.subject, &at(&row.place), &told(row).0].map(cell);
            let _ = writeln!(page, "| {} |", cells.join(" | "));
        }
        close(page);
    }
    let Some(proof) = cluster.proof().filter(|proof| !proof.expected.is_empty()) else { return };
    let places: usize = proof.expected.values().sum();
    open(
        page,
        &format!(
            "Proof: {} the same, but for {} in {}",
            Count(proof.equal, "object"),
            Count(proof.expected.len(), "known difference"),
            Count(places, "place")
        ),
        &["Known difference", "Places"],
    );
    for (reason, places) in &proof.expected {
        let _ = writeln!(page, "| {} | {places} |", cell(reason));
    }
    close(page);
}

fn unexpected(page: &mut String, cluster: &Shown<'_>) {
    let all = cluster.unexpected();
    if all.is_empty() {
        return;
    }
    open(page, &Count(all.len(), "unknown difference").to_string(), &["Object", "Difference"]);
    for one in all {
        let _ = writeln!(page, "| {} | {} |", cell(&one.object), cell(&one.meaning));
    }
    close(page);
}

fn hazards(page: &mut String, cluster: &Shown<'_>) {
    for (when, _, title) in WHENS {
        let due: Vec<_> = cluster.hazards.iter().filter(|hazard| hazard.when == when).collect();
        if !due.is_empty() {
            let _ = writeln!(page, "\n**{title}**\n");
        }
        for hazard in due {
            let place = hazard.place.as_ref().map(|place| format!("{}: ", at(place))).unwrap_or_default();
            let _ = writeln!(page, "- {place}{} (`{}`)", hazard.message, hazard.id);
        }
    }
}

fn files(page: &mut String, report: &Handover<'_>) {
    if report.plan.is_empty() {
        return;
    }
    page.push_str("\n## Files\n");
    open(page, &Count(report.plan.len(), "file").to_string(), &["What", "File", "Why"]);
    for (path, entry) in report.plan.entries() {
        let verb = verb(&entry.change.action);
        let _ = writeln!(page, "| {verb} | `{path}` | {} |", cell(&entry.change.reason));
    }
    close(page);
}

/// A table that is folded under a line.
fn open(page: &mut String, summary: &str, head: &[&str]) {
    let _ = writeln!(page, "\n<details>\n<summary>{summary}</summary>\n");
    let _ = writeln!(page, "| {} |\n|{}", head.join(" | "), " --- |".repeat(head.len()));
}

fn close(page: &mut String) {
    page.push_str("\n</details>\n");
}

fn at(place: &Place) -> String {
    format!("`{}:{}`", place.path, place.line)
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
