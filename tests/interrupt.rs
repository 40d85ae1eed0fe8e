//! Long runs: what is shown meanwhile, and what is left where somebody ends them.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flux_forge::ui::{Progress, is_watched};

/// Waits for something that another thread or process does.
fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_true() {
        assert!(begin.elapsed() < Duration::from_secs(60), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const WIPE: &str = "\r\x1b[2K";

#[test]
fn progress_is_one_line_that_is_gone_at_the_end() {
    let sink = Sink::default();
    let progress = Progress::drawn_on(Box::new(sink.clone()), 60, Duration::ZERO);
    let shows = |text: &str| until(text, || sink.text().ends_with(&format!("{WIPE}{text}")));
    progress.stage("Reading files", 0);
    shows("Reading files");
    progress.step();
    progress.step();
    shows("Reading files: 2");
    progress.stage("Writing", 4);
    progress.step();
    shows("Writing [======                  ] 1/4");
    (0..9).for_each(|_| progress.step());
    shows("Writing [========================] 4/4");
    drop(progress);
    assert!(sink.text().ends_with(&format!("4/4{WIPE}")), "{:?}", sink.text());
    assert!(!sink.text().contains('\n'));
}

#[test]
fn progress_fits_into_a_narrow_terminal() {
    let sink = Sink::default();
    let progress = Progress::drawn_on(Box::new(sink.clone()), 12, Duration::ZERO);
    progress.stage("Writing", 4);
    progress.step();
    until("a picture", || sink.text().contains("Writing"));
    drop(progress);
    let widest = sink.text().split(WIPE).map(|text| text.chars().count()).max();
    assert!(widest.is_some_and(|widest| (1..12).contains(&widest)), "{:?}", sink.text());
}

#[test]
fn a_short_run_shows_nothing() {
    let sink = Sink::default();
    let progress = Progress::drawn_on(Box::new(sink.clone()), 60, Duration::from_secs(3600));
    progress.stage("Writing", 4);
    progress.step();
    drop(progress);
    assert_eq!(sink.text(), "");
}

#[test]
fn progress_is_for_those_who_watch() {
    let watched = |terminal, variables: &[(&str, &str)]| {
        is_watched(terminal, &|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert!(watched(true, &[]) && watched(true, &[("CI", "")]) && watched(true, &[("CI", "false")]));
    assert!(!watched(false, &[]), "no terminal");
    assert!(!watched(true, &[("CI", "true")]) && !watched(true, &[("TERM", "dumb")]));
}

#[cfg(unix)]
mod process {
    use std::process::{Child, Command, ExitStatus, Stdio};

    use assert_cmd::cargo::cargo_bin;
    use rexpect::session::spawn_command;

    use super::until;
    use crate::harness::World;

    const OLD: &str = "apiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata:\n  name: a\nspec:\n  interval: 1m\n  url: https://example.com\n";
    const FILES: usize = 3000;
    const FOLDERS: usize = 20;

    fn path(file: usize) -> String {
        format!("d{}/f{file}.yaml", file % FOLDERS)
    }

    fn many() -> World {
        let world = World::new();
        (0..FILES).for_each(|file| world.put(&path(file), OLD));
        world
    }

    fn temporaries(world: &World) -> usize {
        let entries = (0..FOLDERS).flat_map(|folder| world.path(&format!("d{folder}")).read_dir().unwrap());
        let names = entries.map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.as_encoded_bytes().starts_with(b".flux-forge-")).count()
    }

    /// How many files are new; the others are old, and none is anything else.
    fn written(world: &World) -> usize {
        let new = OLD.replace("v1beta2", "v1");
        let is_new = |file: &usize| {
            let text = world.read(&path(*file));
            assert!(text == OLD || text == new, "{}: {text}", path(*file));
            text == new
        };
        (0..FILES).filter(is_new).count()
    }

    fn write(world: &World) -> Child {
        let mut command = Command::new(cargo_bin("flux-forge"));
        command.args(["migrate", "apis", "--yes", "--allow-dirty"]).current_dir(world.root()).env_clear();
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs a write and sends it `signal` as soon as it has made `some` temporary files.
    fn interrupted(world: &World, signal: &str, some: usize) -> ExitStatus {
        let mut child = write(world);
        until("temporary files", || temporaries(world) >= some || child.try_wait().unwrap().is_some());
        let process = child.id().to_string();
        // It may have ended meanwhile; then there is nobody to hear it.
        Command::new("kill").args(["-s", signal, &process]).stderr(Stdio::null()).status().unwrap();
        child.wait().unwrap()
    }

    #[test]
    fn a_write_that_is_stopped_has_changed_nothing_or_everything() {
        for signal in ["INT", "TERM"] {
            let world = many();
            let status = interrupted(&world, signal, 1);
            let wanted = match status.code() {
                Some(2) => 0,
                Some(0) => FILES,
                _ => panic!("{signal}: {status}"),
            };
            assert_eq!((written(&world), temporaries(&world)), (wanted, 0), "{signal}: {status}");
        }
    }

    #[test]
    fn a_write_that_is_killed_leaves_whole_files_and_the_next_one_tidies_up() {
        // At the last of these moments the first files take their places.
        for some in [1, FILES / 2, FILES - 100, FILES] {
            let world = many();
            interrupted(&world, "KILL", some);
            assert!(written(&world) <= FILES);
            assert!(write(&world).wait().unwrap().success());
            assert_eq!((written(&world), temporaries(&world)), (FILES, 0), "after {some}");
        }
    }

    #[test]
    fn ctrl_c_wipes_the_line_and_ends_the_process() {
        let world = World::new().file("many.yaml", format!("{OLD}---\n").repeat(50_000));
        let mut command = Command::new("sh");
        // The shell hears it too, and has to live on to tell how the program ended.
        let script = "trap : INT; \"$0\" migrate apis --check; echo \"code=$?\"";
        command.args(["-c", script]).arg(cargo_bin("flux-forge"));
        command.current_dir(world.root()).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
        command.env("TERM", "xterm");
        let mut session = spawn_command(command, Some(60_000)).unwrap();
        session.exp_string("Judging objects").unwrap();
        session.send("\x03").unwrap();
        session.flush().unwrap();
        let seen = session.exp_string("code=130").unwrap();
        assert!(seen.trim_end().ends_with("\x1b[2K"), "{seen:?}");
    }
}
