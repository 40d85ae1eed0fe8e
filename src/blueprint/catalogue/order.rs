//! The order of installation.

use super::Component;

/// `components` so that each stands behind those it comes after; the ids of a cycle where there is one.
pub(super) fn ordered<'c>(components: &[&'c Component]) -> Result<Vec<&'c Component>, Vec<String>> {
    let mut done: Vec<&Component> = Vec::new();
    while done.len() < components.len() {
        let open = |component: &&&Component| done.iter().all(|other| other.id != component.id);
        let waits =
            |component: &Component| components.iter().filter(open).any(|other| component.comes_after(other));
        match components.iter().filter(open).find(|component| !waits(component)) {
            Some(next) => done.push(next),
            None => return Err(cycle(&components.iter().filter(open).copied().collect::<Vec<_>>())),
        }
    }
    Ok(done)
}

/// Walks from one component to another that it waits for until one is met again.
fn cycle(stuck: &[&Component]) -> Vec<String> {
    let mut path = vec![stuck[0]];
    loop {
        let last = path[path.len() - 1];
        let next = stuck.iter().find(|other| last.comes_after(other)).expect("each of them waits");
        let met = path.iter().position(|component| component.id == next.id);
        path.push(next);
        if let Some(start) = met {
            return path[start..].iter().map(|component| component.id.clone()).collect();
        }
    }
}
