use std::path::Path;
use std::process::Command;

use super::{clusters, trees};

/// The judge that reads trees as the controllers do; it lies beside the repository, where there is one.
#[test]
fn check_repo_is_clean_on_every_example() {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/check-repo");
    let tools = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/flux-forge-tools/bin"));
    let tools = tools.filter(|tools| tools.join("flux-operator").exists());
    let (true, Some(tools)) = (judge.exists(), tools) else {
        eprintln!("skipped: ../shared/tools/check-repo or the flux-operator CLI is absent");
        return;
    };
    let mut path = tools.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    for (name, tree) in trees() {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in &tree {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let output = Command::new(&judge).arg(folder.path()).env("PATH", &path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let clusters = clusters(&tree).len();
        let summary = format!("summary: {clusters} clusters, {} Kustomizations built", 4 * clusters);
        assert!(output.status.success() && said.contains(&summary), "{name}: {said}");
        assert!(said.contains(", 0 errors, 0 warnings") && !said.contains("not followed"), "{name}: {said}");
    }
}
