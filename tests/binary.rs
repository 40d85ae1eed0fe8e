//! A handful of real processes: what only a process can show.

use std::io::Read;
use std::process::{Command, Stdio};

use assert_cmd::cargo::cargo_bin;

fn program() -> Command {
    let mut command = Command::new(cargo_bin("flux-forge"));
    command.env_clear();
    command
}

#[test]
fn exit_codes() {
    for (args, code) in [(&["--version"][..], 0), (&["completions", "bash"], 0), (&["nonsense"], 2), (&[], 2)]
    {
        let output = program().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn completions_of_each_shell_are_not_empty() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = program().args(["completions", shell]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() > 500, "{shell}");
        assert!(output.stderr.is_empty(), "{shell}");
    }
}

#[test]
fn no_colours_where_nobody_sees_them() {
    let plain = program().arg("--help").output().unwrap();
    assert!(!plain.stdout.contains(&0x1b));
    let forced = program().arg("--help").env("CLICOLOR_FORCE", "1").output().unwrap();
    assert!(forced.stdout.contains(&0x1b));
    let refused = program().arg("--help").env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!refused.stdout.contains(&0x1b));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child =
        program().args(["completions", "zsh"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(err, "");
}
