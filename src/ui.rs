//! The terminal: channels for results, status, warnings, hints and errors; labels to colours; questions.
//!
//! Results go to standard output, everything else to standard error. It does not know what a result is about.

mod ask;
mod interrupt;
mod layout;
mod progress;

use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

use console::Style;

use crate::error::{Context, Error, Kind, Result};

pub use ask::Question;
pub use layout::{cut, wrapped};
pub use progress::{Progress, Unbroken, is_watched};

/// The terminal of a run, or whatever stands in for it.
pub struct Ui {
    out: Channel,
    err: Channel,
    answers: ask::Answers,
    width: Option<usize>,
    /// Whether somebody watches standard error.
    watched: bool,
}

struct Channel {
    sink: Box<dyn Write>,
    colors: bool,
    /// The first failure; nothing is written after it.
    failure: Option<io::Error>,
}

/// What a piece of text is; how it looks is decided here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The word before an error.
    Error,
    /// The word before a warning.
    Warning,
    /// The word before a hint.
    Hint,
    /// The first line of something.
    Heading,
    /// What comes into being.
    Added,
    /// What is replaced.
    Changed,
    /// What goes away.
    Removed,
    /// What explains the rest and may be overlooked.
    Faint,
}

impl Label {
    fn style(self) -> Style {
        let style = Style::new().force_styling(true);
        match self {
            Self::Error => style.red().bold(),
            Self::Warning => style.yellow().bold(),
            Self::Hint => style.cyan().bold(),
            Self::Heading => style.bold(),
            Self::Added => style.green(),
            Self::Changed => style.yellow(),
            Self::Removed => style.red(),
            Self::Faint => style.dim(),
        }
    }
}

impl Ui {
    /// The terminal of this process. Questions need standard input and standard error to be terminals.
    pub fn from_process() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let out_colors = colors(stdout.is_terminal(), &variable);
        let err_colors = colors(stderr.is_terminal(), &variable);
        let stderr_is_terminal = stderr.is_terminal();
        let interactive = io::stdin().is_terminal() && stderr_is_terminal;
        Self {
            out: Channel::new(Box::new(BufWriter::new(stdout)), out_colors),
            err: Channel::new(Box::new(stderr), err_colors),
            answers: if interactive { ask::Answers::Terminal } else { ask::Answers::Nobody },
            width: None,
            watched: is_watched(stderr_is_terminal, &variable),
        }
    }

    /// Two sinks in place of a terminal: no colours, and nobody to ask.
    pub fn captured(out: Box<dyn Write>, err: Box<dyn Write>) -> Self {
        let (out, err) = (Channel::new(out, false), Channel::new(err, false));
        Self { out, err, answers: ask::Answers::Nobody, width: Some(100), watched: false }
    }

    /// Writes `bytes` to standard output exactly as they are.
    pub fn result(&mut self, bytes: impl AsRef<[u8]>) {
        self.out.write(bytes.as_ref());
    }

    /// Says what is going on.
    pub fn status(&mut self, line: &str) {
        self.say(&format!("{line}\n"));
    }

    /// Says that something is left to do.
    pub fn warning(&mut self, line: &str) {
        let word = self.err_label(Label::Warning, "warning");
        self.say(&format!("{word}: {line}\n"));
    }

    /// Says what the user can do.
    pub fn hint(&mut self, line: &str) {
        let word = self.err_label(Label::Hint, "hint");
        self.say(&format!("{word}: {line}\n"));
    }

    /// Says why the run ends, and what the user can do about it.
    pub fn error(&mut self, error: &Error) {
        let word = self.err_label(Label::Error, error.kind().heading());
        self.say(&format!("{word}: {error}\n"));
        for hint in error.hints() {
            self.hint(hint);
        }
    }

    /// Writes text to standard error exactly as it is.
    pub fn say(&mut self, text: &str) {
        // What was said before on the other channel stands above it on a shared terminal.
        self.out.flush();
        self.err.write(text.as_bytes());
        self.err.flush();
    }

    /// `text` for standard output, coloured where that shows colours.
    pub fn out_label(&self, label: Label, text: &str) -> String {
        self.out.paint(label, text)
    }

    /// `text` for standard error, coloured where that shows colours.
    pub fn err_label(&self, label: Label, text: &str) -> String {
        self.err.paint(label, text)
    }

    /// Whether standard output shows colours.
    pub fn out_colors(&self) -> bool {
        self.out.colors
    }

    /// Whether standard error shows colours.
    pub fn err_colors(&self) -> bool {
        self.err.colors
    }

    /// The columns that text is wrapped at; `None` where the terminal itself tells.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// Hands over what is still buffered, and says whether all of the result arrived.
    ///
    /// A reader that closed standard output early (`head`) has what it wanted, so that is no failure.
    pub fn close(&mut self) -> Result<()> {
        self.out.flush();
        match self.out.failure.take() {
            Some(failure) if failure.kind() != ErrorKind::BrokenPipe => {
                Err(failure).context(Kind::System, || "cannot write to standard output".to_owned())
            }
            _ => Ok(()),
        }
    }
}

impl Channel {
    fn new(sink: Box<dyn Write>, colors: bool) -> Self {
        Self { sink, colors, failure: None }
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failure.is_none() {
            self.failure = self.sink.write_all(bytes).err();
        }
    }

    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.sink.flush().err();
        }
    }

    fn paint(&self, label: Label, text: &str) -> String {
        if self.colors { label.style().apply_to(text).to_string() } else { text.to_owned() }
    }
}

/// Whether a stream shows colours, from the variables of <https://no-color.org> and <https://bixense.com/clicolors>.
pub fn colors(terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    terminal && variable("CLICOLOR").as_deref() != Some("0") && variable("TERM").as_deref() != Some("dumb")
}
