//! The walk: every file is searched once, content is copied for hits only.
//!
//! Each thread owns its buffer and its results; they meet when the thread ends. No metadata is asked for a file that
//! is not kept, no memory is allocated for it, and no lock is taken while walking.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::name::{is_manifest, is_text};
use super::scan::Scan;
use super::{Coverage, File, Skipped, is_executable};
use crate::error::{Error, Kind, Result};

/// Larger files are machine output, and holding several of them would break the memory budget.
const LARGEST: usize = 32 << 20;
const FIRST_BUFFER: usize = 64 << 10;

/// Everything that one thread finds.
#[derive(Default)]
struct Found {
    files: Vec<(String, File)>,
    texts: Vec<(String, File)>,
    seen: usize,
    skipped: Vec<Skipped>,
    failure: Option<Error>,
}

struct Visitor<'a> {
    root: &'a Path,
    scan: &'a Scan<'a>,
    buffer: Vec<u8>,
    charts: HashMap<PathBuf, bool>,
    found: Found,
    all: &'a Mutex<Vec<Found>>,
}

struct Threads<'a> {
    root: &'a Path,
    scan: &'a Scan<'a>,
    all: &'a Mutex<Vec<Found>>,
}

/// Files by path, texts by path, and what was seen of all.
pub(super) type Walked = (BTreeMap<String, File>, BTreeMap<String, File>, Coverage);

pub(super) fn walk(root: &Path, scan: &Scan<'_>) -> Result<Walked> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(2, 12);
    let walker = WalkBuilder::new(root)
        .hidden(false)
        .ignore(false)
        .parents(false)
        .require_git(false)
        // What one machine ignores must not decide what another migrates.
        .git_global(false)
        .git_exclude(false)
        .follow_links(false)
        .threads(threads)
        .build_parallel();
    let all = Mutex::new(Vec::new());
    walker.visit(&mut Threads { root, scan, all: &all });
    merge(all.into_inner().expect("no thread panics while it hands over its results"))
}

fn merge(all: Vec<Found>) -> Result<Walked> {
    let mut files = Vec::new();
    let mut texts = BTreeMap::new();
    let mut coverage = Coverage::default();
    for found in all {
        if let Some(failure) = found.failure {
            return Err(failure);
        }
        files.extend(found.files);
        texts.extend(found.texts);
        coverage.seen += found.seen;
        coverage.skipped.extend(found.skipped);
    }
    coverage.skipped.sort();
    Ok((files.into_iter().collect(), texts, coverage))
}

impl<'a> ParallelVisitorBuilder<'a> for Threads<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Visitor {
            root: self.root,
            scan: self.scan,
            buffer: vec![0; FIRST_BUFFER],
            charts: HashMap::new(),
            found: Found::default(),
            all: self.all,
        })
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.lock() {
            all.push(std::mem::take(&mut self.found));
        }
    }
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) if entry.file_name() == OsStr::new(".git") && entry.depth() > 0 => {
                return WalkState::Skip;
            }
            Ok(entry) if is_other_repository(&entry) => {
                self.skip(entry.path(), "is another Git repository");
                return WalkState::Skip;
            }
            Ok(entry) if is_manifest(entry.file_name()) => self.file(&entry),
            Ok(entry)
                if self.scan.texts.is_some() && (is_text(entry.file_name()) || self.is_named(&entry)) =>
            {
                self.text(&entry);
            }
            Ok(_) => {}
            Err(error) => return self.unreadable(&error),
        }
        WalkState::Continue
    }
}

impl Visitor<'_> {
    fn file(&mut self, entry: &DirEntry) {
        let Some(kind) = entry.file_type().filter(|kind| kind.is_file() || kind.is_symlink()) else { return };
        self.found.seen += 1;
        let Ok(path) = std::str::from_utf8(below(self.root, entry.path())) else {
            return self.skip(entry.path(), "has a name that is not UTF-8");
        };
        if kind.is_symlink() {
            return self.skip(entry.path(), "is a symbolic link");
        }
        if self.is_chart_template(path) {
            if self.scan.texts.is_some() && self.text(entry) {
                return;
            }
            return self.skip(entry.path(), "is a template of a Helm chart");
        }
        match read(entry.path(), &mut self.buffer) {
            Ok(Some((file, length))) => self.judge(&file, path, length),
            Ok(None) => self.fail(entry.path(), "is larger than 32 MiB"),
            Err(error) => self.fail(entry.path(), &format!("cannot be read: {error}")),
        }
    }

    /// Whether the caller asks for the file by its name.
    fn is_named(&self, entry: &DirEntry) -> bool {
        self.scan.named.is_some_and(|named| {
            std::str::from_utf8(below(self.root, entry.path())).is_ok_and(|path| named(&slashed(path)))
        })
    }

    /// Keeps a text that the scan hits; nothing is said about others, since they are no manifests.
    fn text(&mut self, entry: &DirEntry) -> bool {
        let Some(keep) = self.scan.texts else { return false };
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        let Ok(path) = std::str::from_utf8(below(self.root, entry.path())) else { return false };
        let Some((file, length)) =
            is_file.then(|| read(entry.path(), &mut self.buffer).ok().flatten()).flatten()
        else {
            return false;
        };
        let path = slashed(path);
        let bytes = &self.buffer[..length];
        let is_kept = keep(&path, bytes);
        if is_kept {
            let executable = file.metadata().is_ok_and(|metadata| is_executable(&metadata));
            self.found.texts.push((path.into_owned(), File { bytes: Arc::from(bytes), executable }));
        }
        is_kept
    }

    fn judge(&mut self, file: &fs::File, path: &str, length: usize) {
        let path = slashed(path);
        let bytes = &self.buffer[..length];
        if (self.scan.keep)(&path, bytes) {
            let executable = file.metadata().is_ok_and(|metadata| is_executable(&metadata));
            self.found.files.push((path.into_owned(), File { bytes: Arc::from(bytes), executable }));
        }
    }

    /// Whether the file lies in the `templates` folder of a folder with a `Chart.yaml`, at any depth.
    fn is_chart_template(&mut self, path: &str) -> bool {
        let mut parts = Path::new(path).ancestors().skip(1);
        memchr::memmem::find(path.as_bytes(), b"templates").is_some()
            && parts.any(|folder| {
                folder.file_name() == Some(OsStr::new("templates"))
                    && folder.parent().is_some_and(|chart| self.is_chart(chart))
            })
    }

    fn is_chart(&mut self, folder: &Path) -> bool {
        if let Some(&known) = self.charts.get(folder) {
            return known;
        }
        let is_chart = fs::symlink_metadata(self.root.join(folder).join("Chart.yaml")).is_ok();
        self.charts.insert(folder.to_owned(), is_chart);
        is_chart
    }

    fn unreadable(&mut self, error: &ignore::Error) -> WalkState {
        match failed_path(error) {
            Some(path) if path != self.root => {
                let reason = format!("cannot be read: {}", innermost(error));
                self.skip(path, &reason);
                WalkState::Continue
            }
            _ => {
                let message = format!("cannot read `{}`: {}", self.root.display(), innermost(error));
                self.found.failure = Some(Error::new(Kind::System, message));
                WalkState::Quit
            }
        }
    }

    fn skip(&mut self, path: &Path, reason: &str) {
        self.add_skipped(path, reason, false);
    }

    fn fail(&mut self, path: &Path, reason: &str) {
        self.add_skipped(path, reason, true);
    }

    fn add_skipped(&mut self, path: &Path, reason: &str, failed: bool) {
        let path = slashed(&String::from_utf8_lossy(below(self.root, path))).into_owned();
        self.found.skipped.push(Skipped { path, reason: reason.to_owned(), failed });
    }
}

/// A submodule, or a repository that happens to lie here: Git could not take back what is written there.
fn is_other_repository(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && entry.file_type().is_some_and(|kind| kind.is_dir())
        && fs::symlink_metadata(entry.path().join(".git")).is_ok()
}

/// The part of `path` below `root`, without an allocation.
fn below<'p>(root: &Path, path: &'p Path) -> &'p [u8] {
    let start = root.as_os_str().as_encoded_bytes();
    let path = path.as_os_str().as_encoded_bytes();
    let rest = path.strip_prefix(start).unwrap_or(path);
    let separators = rest.iter().take_while(|&&byte| std::path::is_separator(byte.into())).count();
    &rest[separators..]
}

fn slashed(path: &str) -> std::borrow::Cow<'_, str> {
    if cfg!(windows) { path.replace('\\', "/").into() } else { path.into() }
}

/// Reads the file into the front of `buffer`, which grows as needed; `None` where the file is too large.
fn read(path: &Path, buffer: &mut Vec<u8>) -> std::io::Result<Option<(fs::File, usize)>> {
    let mut file = fs::File::open(path)?;
    let mut length = 0;
    loop {
        match file.read(&mut buffer[length..]) {
            Ok(0) => return Ok(Some((file, length))),
            Ok(more) => length += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if length > LARGEST {
            buffer.truncate(FIRST_BUFFER);
            buffer.shrink_to_fit();
            return Ok(None);
        }
        if length == buffer.len() {
            buffer.resize(2 * length, 0);
        }
    }
}

fn failed_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => failed_path(err),
        ignore::Error::Partial(errors) => errors.iter().find_map(failed_path),
        _ => None,
    }
}

fn innermost(error: &ignore::Error) -> String {
    match error {
        ignore::Error::WithPath { err, .. } | ignore::Error::WithDepth { err, .. } => innermost(err),
        other => other.to_string(),
    }
}
