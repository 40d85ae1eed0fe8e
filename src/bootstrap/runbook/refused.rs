//! Clusters that cannot be handed over yet.

use super::page::Page;
use crate::bootstrap::clusters::{Cluster, State};
use crate::phrase::Count;

/// Differences named for one cluster.
const SHOWN: usize = 5;

pub(super) fn write(page: &mut Page, clusters: &[&Cluster]) {
    let refused = clusters.iter().filter_map(|cluster| match &cluster.state {
        State::Refused(refusal, draft) => Some((cluster, refusal, draft)),
        State::Ready(_) => None,
    });
    let refused: Vec<_> = refused.collect();
    if refused.is_empty() {
        return;
    }
    page.heading(2, "Clusters that have to wait");
    page.paragraph(
        "Nothing was written for these. They go on as they are; decide what is listed, change it, and run `flux-forge \
         migrate bootstrap` again.",
    );
    for (cluster, refusal, draft) in refused {
        page.heading(3, &format!("Cluster {}", cluster.name));
        let rows = refusal.rows.iter().map(|row| {
            let place = &row.place;
            format!("`{}:{}`: {}: {}", place.path, place.line, row.subject, row.outcome)
        });
        let unproven = draft.as_ref().map(|draft| &draft.proof.unexpected[..]).unwrap_or_default();
        let shown = unproven.iter().take(SHOWN).map(|one| format!("{}: {}", one.object, one.meaning));
        let more = unproven.len().saturating_sub(SHOWN);
        let more = (more > 0)
            .then(|| format!("{}, which mostly follow from the above", Count(more, "more difference")));
        page.items(&rows.chain(shown).chain(more).collect::<Vec<_>>());
    }
}
