//! A folder to work in, the program run in it in process, and one place that names the snapshot folder.
//!
//! Git is the developer's own program here, cut off from the developer's configuration: identity, dates, hooks and
//! line endings are set in each repository, where gix reads them too.

#![allow(dead_code, reason = "each module uses a part")]

use std::cell::RefCell;
use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::rc::Rc;

use flux_forge::cli;
use flux_forge::repo::{Repo, Scan};
use flux_forge::ui::Ui;

/// What stands for the folder of a [`World`] in everything shown.
pub(crate) const ROOT: &str = "[ROOT]";

/// A folder with files, in a temporary place.
pub(crate) struct World {
    _temporary: tempfile::TempDir,
    root: PathBuf,
}

/// What a run of the program gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) status: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A [`Ui`] whose output can be read.
#[derive(Clone, Default)]
pub(crate) struct Screen {
    out: Buffer,
    err: Buffer,
}

#[derive(Clone, Default)]
struct Buffer(Rc<RefCell<Vec<u8>>>);

/// Binds the snapshot folder of the test module `module` until the guard is dropped.
pub(crate) fn snapshots(module: &str) -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(module));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind_to_scope()
}

impl World {
    pub(crate) fn new() -> Self {
        let temporary = tempfile::Builder::new().prefix("world-").tempdir().expect("a temporary folder");
        let root = temporary.path().canonicalize().expect("the folder was just made");
        Self { _temporary: temporary, root }
    }

    /// Adds a file.
    #[must_use]
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.put(path, content);
        self
    }

    /// Makes it a Git repository with everything in one commit.
    #[must_use]
    pub(crate) fn git(self) -> Self {
        self.git_init();
        self.git_run(&["add", "-A"]);
        self.git_run(&["commit", "-qm", "start", "--allow-empty"]);
        self
    }

    /// Makes it a Git repository without a commit.
    pub(crate) fn git_init(&self) {
        self.git_run(&["init", "-q", "-b", "main"]);
        for (key, value) in [
            ("user.name", "Ada"),
            ("user.email", "ada@example.com"),
            ("commit.gpgsign", "false"),
            ("core.hooksPath", ".git/hooks"),
            ("core.autocrlf", "false"),
            ("core.excludesFile", "/dev/null"),
            ("gitoxide.commit.committerDate", "2026-01-02 03:04:05 +0000"),
            ("gitoxide.commit.authorDate", "2026-01-02 03:04:05 +0000"),
        ] {
            self.git_run(&["config", key, value]);
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(crate) fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let target = self.path(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, content).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        String::from_utf8(fs::read(self.path(path)).unwrap()).unwrap()
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.path(path).symlink_metadata().is_ok()
    }

    /// Runs Git and returns what it printed; it must succeed.
    pub(crate) fn git_run(&self, args: &[&str]) -> String {
        let output = self.git_output(args);
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {args:?} failed: {err}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn git_output(&self, args: &[&str]) -> Output {
        Command::new("git")
            .args(args)
            .current_dir(&self.root)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.root)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .output()
            .expect("Git is installed where the tests run")
    }

    /// Every file that the walk sees.
    pub(crate) fn repo(&self) -> Repo {
        Repo::walk(&self.root, &Scan { keep: &|_, _| true, texts: Some(&|_, _| true), named: None }).unwrap()
    }

    /// Runs the program in this folder, with nobody to ask.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_in("", args, None)
    }

    /// Runs the program with these answers to its questions.
    pub(crate) fn run_answering(&self, args: &[&str], answers: &[&str]) -> Ran {
        self.run_in("", args, Some(answers))
    }

    /// Runs the program in a folder below this one.
    pub(crate) fn run_in(&self, folder: &str, args: &[&str], answers: Option<&[&str]>) -> Ran {
        let screen = Screen::default();
        let mut ui = screen.ui();
        if let Some(answers) = answers {
            ui = ui.answering(answers.iter().copied());
        }
        let args = std::iter::once("flux-forge").chain(args.iter().copied()).map(OsString::from);
        let status = cli::run(args, &mut ui, &self.root.join(folder));
        Ran { status, out: self.shown(&screen.out()), err: self.shown(&screen.err()) }
    }

    /// `text` with the placeholder in place of this folder.
    pub(crate) fn shown(&self, text: &str) -> String {
        text.replace(self.root.to_str().unwrap(), ROOT)
    }

    /// Every file with its content, `.git` left out.
    pub(crate) fn tree(&self) -> String {
        let mut paths = Vec::new();
        collect(&self.root, &mut paths);
        paths.sort();
        let mut shown = String::new();
        for path in paths {
            let name = path.strip_prefix(&self.root).unwrap().display().to_string();
            let content = fs::read(&path).unwrap();
            let content = String::from_utf8_lossy(&content);
            write!(shown, "=== {name}\n{content}").unwrap();
            if !content.ends_with('\n') {
                shown.push_str("\n(no newline at the end)\n");
            }
        }
        shown
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == ".git" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), paths);
        } else {
            paths.push(entry.path());
        }
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status: {}\n--- stdout\n{}--- stderr\n{}", self.status, self.out, self.err)
    }
}

impl Screen {
    pub(crate) fn ui(&self) -> Ui {
        Ui::captured(Box::new(self.out.clone()), Box::new(self.err.clone()))
    }

    pub(crate) fn out(&self) -> String {
        self.out.text()
    }

    pub(crate) fn err(&self) -> String {
        self.err.text()
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The folder `name` of facts and repositories that lie beside this one; where they are absent, says so.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: this test needs {}", folder.display());
    None
}

/// Every comment in `text`, in order.
pub(crate) fn comments(text: &str) -> Vec<String> {
    let stream = flux_forge::yaml::parse(text);
    let documents = stream.documents.iter();
    documents
        .flat_map(|document| &document.comments)
        .map(|comment| text[comment.range.clone()].to_owned())
        .collect()
}

/// Copies the files below `from`, links left out; what was read-only becomes writable.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_tree(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}
