//! For people on a terminal.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Handover, OUTCOMES, SHOWN, Shown, WHENS, told};
use crate::bootstrap::account::Row;
use crate::phrase::Count;
use crate::place::Place;
use crate::ui::{Label, Ui};

/// The report for people: of each cluster first what a person has to decide, then what becomes of what was customised.
pub fn text(report: &Handover<'_>, ui: &Ui) -> String {
    let mut page = Page { ui, text: String::new() };
    let clusters = report.shown();
    for cluster in &clusters {
        page.cluster(cluster);
        page.text.push('\n');
    }
    page.known(&clusters);
    page.next(report);
    page.text
}

/// A line for each cluster.
pub fn summary(report: &Handover<'_>, ui: &Ui) -> String {
    let mut page = Page { ui, text: String::new() };
    for cluster in report.shown() {
        page.head(&cluster);
    }
    page.text
}

struct Page<'a> {
    ui: &'a Ui,
    text: String,
}

impl Page<'_> {
    fn cluster(&mut self, cluster: &Shown<'_>) {
        self.head(cluster);
        for row in cluster.rows_with("decide") {
            self.row(row);
        }
        self.unexpected(cluster);
        for word in OUTCOMES.iter().filter(|word| !["decide", "field"].contains(word)) {
            for row in cluster.rows_with(word) {
                self.row(row);
            }
        }
        let fields = cluster.rows_with("field").count();
        if fields > 0 {
            let word = self.ui.out_label(Label::Added, "field");
            let tail = self.ui.out_label(Label::Faint, "[each with --output json]");
            let _ = writeln!(self.text, "  {word}    {fields} more are fields of the FluxInstance {tail}");
        }
        for (when, _, title) in WHENS {
            for hazard in cluster.hazards.iter().filter(|hazard| hazard.when == when) {
                let word = self.ui.out_label(Label::Warning, "hazard");
                let place = hazard.place.as_ref().map(|place| format!("{}: ", at(place))).unwrap_or_default();
                let tail = self.ui.out_label(Label::Faint, &format!("[{}]", hazard.id));
                let _ = writeln!(self.text, "  {word}   {title}: {place}{} {tail}", hazard.message);
            }
        }
    }

    fn unexpected(&mut self, cluster: &Shown<'_>) {
        let all = cluster.unexpected();
        let word = self.ui.out_label(Label::Error, "differs");
        for one in all.iter().take(SHOWN) {
            let tail = self.ui.out_label(Label::Faint, "[unproven]");
            let _ = writeln!(self.text, "  {word}  {}: {} {tail}", one.object, one.meaning);
        }
        if all.len() > SHOWN {
            let more = Count(all.len() - SHOWN, "more difference");
            let tail = self.ui.out_label(Label::Faint, "[each with --output json]");
            let _ = writeln!(self.text, "  {word}  and {more} {tail}");
        }
    }

    fn head(&mut self, cluster: &Shown<'_>) {
        let name = self.ui.out_label(Label::Heading, &cluster.cluster.name);
        let label = if cluster.is_ready() { Label::Added } else { Label::Error };
        let verdict = self.ui.out_label(label, &cluster.verdict());
        let version = cluster.version.iter().map(|version| format!(", Flux {version}")).collect::<String>();
        let _ = writeln!(self.text, "{name}  {}{version}: {verdict}", folder(cluster));
    }

    fn row(&mut self, row: &Row) {
        let word = row.outcome.word();
        let label = match word {
            "decide" => Label::Error,
            "dropped" => Label::Removed,
            _ => Label::Changed,
        };
        let padding = " ".repeat(9 - word.len());
        let word = self.ui.out_label(label, word);
        let (text, limit) = told(row);
        let tail = limit.map(|id| format!(" {}", self.ui.out_label(Label::Faint, &format!("[{id}]"))));
        let tail = tail.unwrap_or_default();
        let _ = writeln!(self.text, "  {word}{padding}{}: {}: {text}{tail}", at(&row.place), row.subject);
    }

    /// The differences that are known, with how often each cluster has them: mostly the same ones everywhere.
    fn known(&mut self, clusters: &[Shown<'_>]) {
        let mut known: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for cluster in clusters.iter().filter(|cluster| cluster.is_ready()) {
            for (reason, places) in cluster.proof().iter().flat_map(|proof| &proof.expected) {
                known.entry(reason).or_default().push(format!("{} {places}", cluster.cluster.name));
            }
        }
        if known.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "{}", self.ui.out_label(Label::Heading, "Known differences, by places"));
        for (reason, places) in known {
            let places = self.ui.out_label(Label::Faint, &format!("[{}]", places.join(", ")));
            let _ = writeln!(self.text, "  {reason} {places}");
        }
        self.text.push('\n');
    }

    fn next(&mut self, report: &Handover<'_>) {
        let steps = report.next();
        for (at, step) in steps.iter().enumerate() {
            if at == 0 {
                let _ = writeln!(self.text, "{}", self.ui.out_label(Label::Heading, "Next"));
            }
            let _ = writeln!(self.text, "  {}. {step}", at + 1);
        }
    }
}

fn folder<'s>(cluster: &'s Shown<'_>) -> &'s str {
    match cluster.cluster.site.folder.as_str() {
        "" => ".",
        folder => folder,
    }
}

fn at(place: &Place) -> String {
    format!("{}:{}:{}", place.path, place.line, place.column)
}
