//! Disks and folders that take no file, and people who write at the same time.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use rexpect::session::spawn_command;

use super::{OLD, is_tidy, new};
use crate::harness::World;

fn migrate(folder: &Path) -> Command {
    let mut command = Command::new(cargo_bin("flux-forge"));
    command.args(["migrate", "apis", "--yes", "--allow-dirty"]).current_dir(folder).env_clear();
    command
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn allow(world: &World, path: &str, mode: u32) {
    std::fs::set_permissions(world.path(path), PermissionsExt::from_mode(mode)).unwrap();
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_folder_that_takes_no_file_stops_the_run_before_anything_changes() {
    let world = World::new().file("a/old.yaml", OLD).file("b/old.yaml", OLD).file("c/old.yaml", OLD);
    let mut command = migrate(world.root());
    for (path, mode) in [("", 0o755), ("a", 0o777), ("b", 0o555), ("c", 0o777)] {
        allow(&world, path, mode);
    }
    if is_root() {
        // Permissions do not stop root, so someone else runs it.
        command.uid(65534).gid(65534);
    }
    let output = command.output();
    allow(&world, "b", 0o755);
    let Ok(output) = output else {
        eprintln!("skipped: another user cannot run the program, since it lies in a private folder");
        return;
    };
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("cannot write `b/old.yaml`"), "{}", said(&output));
    for folder in ["a", "b", "c"] {
        assert_eq!(world.read(&format!("{folder}/old.yaml")), OLD);
    }
    is_tidy(&world, &["a", "b", "c"]);
}

#[test]
fn a_file_that_cannot_be_replaced_brings_the_others_back() {
    let world = World::new().file("a/old.yaml", OLD).file("b/old.yaml", OLD).file("c/old.yaml", OLD);
    let attribute = |change: &str| succeeds(Command::new("chattr").arg(change).arg(world.path("b/old.yaml")));
    if !attribute("+i") {
        eprintln!("skipped: `chattr +i` does not work here");
        return;
    }
    let output = migrate(world.root()).output().unwrap();
    assert!(attribute("-i"));
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("cannot write `b/old.yaml`"), "{}", said(&output));
    assert!(said(&output).contains("Nothing was changed"), "{}", said(&output));
    for folder in ["a", "b", "c"] {
        assert_eq!(world.read(&format!("{folder}/old.yaml")), OLD);
    }
    is_tidy(&world, &["a", "b", "c"]);
}

#[test]
fn a_full_disk_changes_nothing() {
    let world = World::new();
    std::fs::create_dir(world.path("disk")).unwrap();
    let mounted = succeeds(
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(world.path("disk")),
    );
    if !mounted {
        eprintln!("skipped: no disk can be mounted here");
        return;
    }
    let text = format!("{OLD}{}", "# some text of a person\n".repeat(1_500));
    let path = |number: usize| format!("disk/d/f{number}.yaml");
    (0..20).for_each(|number| world.put(&path(number), &text));
    let output = migrate(&world.path("disk")).output();
    let left: Vec<String> = (0..20).map(|number| world.read(&path(number))).collect();
    let names = world.path("disk/d").read_dir().unwrap().count();
    assert!(succeeds(Command::new("umount").arg("-l").arg(world.path("disk"))));
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("No space left on device"), "{}", said(&output));
    assert!(left.iter().all(|now| *now == text), "{}", said(&output));
    assert_eq!(names, 20, "no temporary file is left");
}

#[test]
fn what_someone_writes_before_the_answer_is_not_lost() {
    let world = World::new().file("a.yaml", OLD).file("b.yaml", OLD).git();
    let mut command = Command::new("sh");
    command.args(["-c", "\"$0\" migrate apis; echo \"code=$?\""]).arg(cargo_bin("flux-forge"));
    command.current_dir(world.root()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    command.env("HOME", world.root()).env("TERM", "xterm").env("NO_COLOR", "1");
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    session.exp_string("Change 2 files").unwrap();
    let mine = OLD.replace("1m", "5m");
    world.put("b.yaml", &mine);
    session.send("y\r").unwrap();
    session.flush().unwrap();
    let seen = session.exp_string("code=2").unwrap();
    assert!(seen.contains("b.yaml"), "{seen}");
    assert_eq!((world.read("a.yaml").as_str(), world.read("b.yaml")), (OLD, mine.clone()));
    // The next run takes what is there.
    let ran = world.run(&["migrate", "apis", "--yes", "--allow-dirty"]);
    assert_eq!(ran.status, 0, "{ran}");
    assert_eq!((world.read("a.yaml"), world.read("b.yaml")), (new(), mine.replace("v1beta2", "v1")));
}
