use std::path::Path;
use std::process::Command;

use crate::blueprints::all_examples;

/// The judge that reads trees as the controllers do; it lies beside the repository, where there is one.
#[test]
fn check_repo_is_clean_on_every_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let judge = root.join("../shared/tools/check-repo");
    let tools = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache/flux-forge-tools/bin"));
    let tools = tools.filter(|tools| tools.join("flux-operator").exists());
    let (true, Some(tools)) = (judge.exists(), tools) else {
        eprintln!("skipped: ../shared/tools/check-repo or the flux-operator CLI is absent");
        return;
    };
    let mut path = tools.into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let folder = tempfile::tempdir().unwrap();
    let mut script = Command::new(root.join("tests/judge-matrix.sh"));
    for (name, rendered) in all_examples() {
        let example = folder.path().join(name.replace('/', "-"));
        for (file, rendered) in &rendered.files {
            let file = example.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, &rendered.content).unwrap();
        }
        script.arg(example);
    }
    let output = script.env("PATH", &path).env("CHECK_REPO", &judge).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(
        said.lines().filter(|line| line.starts_with("clean ")).count(),
        all_examples().len(),
        "{said}"
    );
}
