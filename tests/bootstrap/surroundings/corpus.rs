//! Public repositories: what is said of them was read and is so, and nothing else is said.

use super::{at, seen_in};
use crate::harness::shared;

#[test]
fn public_repositories_have_what_they_have() {
    let Some(corpus) = shared("corpus") else { return };
    let mut told = Vec::new();
    for entry in std::fs::read_dir(corpus).unwrap() {
        let folder = entry.unwrap();
        if !folder.file_type().unwrap().is_dir() {
            continue;
        }
        let found = seen_in(&folder.path());
        let name = folder.file_name().into_string().unwrap();
        let name = name.split("__").nth(1).unwrap_or(&name).to_owned();
        told.extend(
            found.writers.iter().map(|writer| format!("{name} {} {:?}", at(&writer.place), writer.kind)),
        );
        told.extend(
            found.policies.iter().map(|policy| format!("{name} {} {:?}", at(&policy.place), policy.why)),
        );
        told.extend(
            found.installs.iter().map(|install| format!("{name} {} {:?}", at(&install.place), install.chart)),
        );
        told.extend(found.selectors.iter().map(|selector| format!("{name} {}", at(&selector.place))));
        told.extend(found.terraform.iter().map(|install| format!("{name} {}", at(&install.place))));
    }
    told.sort();
    assert_eq!(
        told,
        [
            "flux-eks-gitops-config config/base/policies/restrict-image-registries.yaml:31 Images",
            "flux2-multi-tenancy infrastructure/kyverno-policies/verify-flux-images.yaml:17 Signatures",
            "home-ops .github/workflows/flux-schedule.yml:31 Export",
        ]
    );
}
