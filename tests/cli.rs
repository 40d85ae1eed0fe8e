//! The command line: help, usage errors, completions, as the library runs them.

use flux_forge::cli;

use crate::harness::{World, snapshots};

#[test]
fn help_of_the_program() {
    let _guard = snapshots("cli");
    insta::assert_snapshot!("help", World::new().run(&["--help"]));
}

#[test]
fn help_of_every_command_ends_in_something_to_copy() {
    fn check(command: &clap::Command, path: &[&str]) {
        for sub in command.get_subcommands() {
            let path: Vec<&str> = path.iter().copied().chain([sub.get_name()]).collect();
            check(sub, &path);
            if sub.has_subcommands() {
                continue;
            }
            let args: Vec<&str> = path.iter().copied().chain(["--help"]).collect();
            let ran = World::new().run(&args);
            assert_eq!((ran.status, ran.err.as_str()), (0, ""));
            assert!(ran.out.contains("Examples:\n  flux-forge "), "no examples: {path:?}\n{}", ran.out);
            if sub.get_arguments().any(|arg| arg.get_id() == "dry_run") {
                assert!(ran.out.contains("Exit codes:"), "no exit codes: {path:?}");
            }
        }
    }
    check(&cli::command(), &[]);
}

#[test]
fn the_definition_is_sound() {
    cli::command().debug_assert();
}

#[test]
fn wrong_calls() {
    let world = World::new();
    let _guard = snapshots("cli");
    let calls: [&[&str]; 4] = [&[], &["nwe"], &["completions"], &["completions", "dash"]];
    let shown: Vec<String> =
        calls.iter().map(|args| format!("##### {args:?}\n{}", world.run(args))).collect();
    insta::assert_snapshot!("wrong_calls", shown.join("\n"));
}

#[test]
fn version_goes_to_standard_output() {
    let ran = World::new().run(&["--version"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with(concat!("flux-forge ", env!("CARGO_PKG_VERSION"))), "{ran}");
}

#[test]
fn completions_name_the_program() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = World::new().run(&["completions", shell]);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert!(ran.out.contains("flux-forge"), "{shell}");
    }
}
