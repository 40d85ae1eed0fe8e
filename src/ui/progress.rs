//! What a long run is doing, on one line of the terminal that is gone when it is done.
//!
//! A thread of its own draws it, so that the work only counts. Nothing is drawn before the run takes longer than people
//! wait without wondering, and nothing at all where nobody looks: no terminal, or a pipeline that only has one.

use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use console::Term;

use super::interrupt::{self, Hold};
use super::{Ui, cut};

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long a picture stands.
const FRAME: Duration = Duration::from_millis(100);
/// Characters of a full bar.
const BAR: usize = 24;
/// Takes a terminal to the start of the line and wipes it (ECMA-48: CR, EL).
const WIPE: &str = "\r\x1b[2K";

/// The progress of a run; dropping it wipes the line.
pub struct Progress {
    line: Arc<Line>,
    painter: Option<JoinHandle<()>>,
}

/// Work that Ctrl-C and its like do not end; whoever does it asks whether to go on.
pub struct Unbroken {
    holds: [Hold; 2],
    watched: bool,
}

/// What the worker and the painter share.
struct Line {
    stage: Mutex<Stage>,
    done: AtomicUsize,
    changed: Condvar,
}

#[derive(Default)]
struct Stage {
    doing: &'static str,
    total: usize,
    over: bool,
}

impl Ui {
    /// Shows what goes on, on standard error; Ctrl-C wipes that and ends the process.
    pub fn progress(&self) -> Progress {
        // Without a line to wipe, Ctrl-C may do what it always does.
        Progress::new(self.watched.then(|| Painter::on_stderr(Some(interrupt::ctrl_c().hold()))))
    }

    /// From here on nothing must be cut in two, until what this returns is dropped.
    pub fn unbroken(&self) -> Unbroken {
        let holds = [interrupt::ctrl_c().hold(), interrupt::termination().hold()];
        Unbroken { holds, watched: self.watched }
    }
}

impl Unbroken {
    /// Shows what goes on, on standard error.
    pub fn progress(&self) -> Progress {
        Progress::new(self.watched.then(|| Painter::on_stderr(None)))
    }

    /// Whether the user, or another program, wants this to end.
    pub fn is_stopped(&self) -> bool {
        self.holds.iter().any(Hold::came)
    }
}

impl Progress {
    /// Progress that is drawn on `sink` after `patience`, for a terminal of `columns` characters.
    pub fn drawn_on(sink: Box<dyn Write + Send>, columns: usize, patience: Duration) -> Self {
        Self::new(Some(Painter { sink, columns, patience, hold: None }))
    }

    /// What is done now, as words that a count can follow, and how many steps it takes; 0 where nobody knows.
    pub fn stage(&self, doing: &'static str, total: usize) {
        let mut stage = self.line.stage();
        (stage.doing, stage.total) = (doing, total);
        self.line.done.store(0, Ordering::Relaxed);
    }

    /// Counts a step.
    pub fn step(&self) {
        self.line.done.fetch_add(1, Ordering::Relaxed);
    }

    fn new(painter: Option<Painter>) -> Self {
        let (stage, done) = (Mutex::new(Stage::default()), AtomicUsize::new(0));
        let line = Arc::new(Line { stage, done, changed: Condvar::new() });
        let painter = painter.and_then(|painter| {
            let line = Arc::clone(&line);
            // Where there can be no other thread, the work goes on unseen.
            thread::Builder::new().spawn(move || painter.paint(&line)).ok()
        });
        Self { line, painter }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.line.stage().over = true;
        self.line.changed.notify_all();
        if let Some(painter) = self.painter.take() {
            let _ = painter.join();
        }
    }
}

impl Line {
    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is over, for `time` at most, and tells whether it is.
    fn is_over_after(&self, time: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.stage(), time, |stage| !stage.over);
        waited.map_or_else(|poisoned| poisoned.into_inner().0.over, |(stage, _)| stage.over)
    }

    fn text(&self) -> String {
        let (stage, done) = (self.stage(), self.done.load(Ordering::Relaxed));
        match (done, stage.total) {
            (0, 0) => stage.doing.to_owned(),
            (done, 0) => format!("{}: {done}", stage.doing),
            (done, total) => {
                let done = done.min(total);
                let full = done * BAR / total;
                format!("{} [{}{}] {done}/{total}", stage.doing, "=".repeat(full), " ".repeat(BAR - full))
            }
        }
    }
}

/// Who draws the line.
struct Painter {
    sink: Box<dyn Write + Send>,
    columns: usize,
    patience: Duration,
    /// Ctrl-C, where the painter has to end the process after it has wiped the line.
    hold: Option<Hold>,
}

impl Painter {
    fn on_stderr(hold: Option<Hold>) -> Self {
        let terminal = Term::stderr();
        let columns = usize::from(terminal.size().1);
        Self { sink: Box::new(terminal), columns, patience: PATIENCE, hold }
    }

    fn paint(mut self, line: &Line) {
        let hold = self.hold.take();
        let is_stopped = || hold.as_ref().is_some_and(Hold::came);
        let mut shown = String::new();
        let mut wait = self.patience;
        while !over_or_stopped(line, wait, &is_stopped) {
            // A character that does not fit would begin another line, which is never wiped.
            let text = cut(&line.text(), self.columns.saturating_sub(1));
            if text != shown && self.write(&format!("{WIPE}{text}")) {
                shown = text;
            }
            wait = FRAME;
        }
        if !shown.is_empty() {
            self.write(WIPE);
        }
        if is_stopped() {
            interrupt::end();
        }
    }

    /// Where a picture cannot be shown, the work goes on without.
    fn write(&mut self, text: &str) -> bool {
        self.sink.write_all(text.as_bytes()).and_then(|()| self.sink.flush()).is_ok()
    }
}

/// Waits for `time`, and no longer than until the work is over or the user wants it to be; tells whether it is.
fn over_or_stopped(line: &Line, time: Duration, is_stopped: &dyn Fn() -> bool) -> bool {
    let mut left = time;
    loop {
        let frame = left.min(FRAME);
        if line.is_over_after(frame) || is_stopped() {
            return true;
        }
        left -= frame;
        if left.is_zero() {
            return false;
        }
    }
}

/// Whether somebody watches: a terminal that can wipe a line, and no pipeline behind it.
pub fn is_watched(terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "false");
    terminal && !set("CI") && variable("TERM").as_deref() != Some("dumb")
}
