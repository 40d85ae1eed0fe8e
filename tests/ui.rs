//! What goes where on the terminal, and how questions end.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Write};

use flux_forge::error::{Error, Kind, Result};
use flux_forge::phrase::{Count, List, literals};
use flux_forge::ui::{Question, Ui, colors};

use crate::harness::Screen;

const QUESTION: Question<'_> = Question { prompt: "Which one", instead: "`--set one=…` or `--defaults`" };

#[test]
fn channels() {
    let screen = Screen::default();
    let mut ui = screen.ui();
    ui.result("a result\n");
    ui.status("a status");
    ui.warning("a warning");
    ui.hint("a hint");
    ui.error(&Error::new(Kind::Refused, "this is lost").hint("first").hint("second"));
    ui.error(&Error::new(Kind::Internal, "this is not so"));
    ui.close().unwrap();
    assert_eq!(screen.out(), "a result\n");
    let expected = "a status\nwarning: a warning\nhint: a hint\nrefused: this is lost\nhint: first\nhint: second\n\
        internal error: this is not so\n";
    assert_eq!(screen.err(), expected);
}

#[test]
fn colours_are_decided_by_the_variables_and_the_terminal() {
    let decided = |terminal: bool, variables: &[(&str, &str)]| {
        let variables: HashMap<_, _> = variables.iter().copied().collect();
        colors(terminal, &|name| variables.get(name).map(ToString::to_string))
    };
    assert!(decided(true, &[]));
    assert!(!decided(false, &[]));
    assert!(!decided(true, &[("NO_COLOR", "1")]));
    assert!(decided(true, &[("NO_COLOR", "")]));
    assert!(!decided(true, &[("CLICOLOR", "0")]));
    assert!(!decided(true, &[("TERM", "dumb")]));
    assert!(decided(false, &[("CLICOLOR_FORCE", "1")]));
    assert!(!decided(false, &[("CLICOLOR_FORCE", "0")]));
    assert!(!decided(false, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

struct Broken(ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure_but_a_full_disk_is() {
    let close = |kind| {
        let mut ui = Ui::captured(Box::new(Broken(kind)), Box::new(io::sink()));
        ui.result("lost");
        ui.close()
    };
    assert!(close(ErrorKind::BrokenPipe).is_ok());
    let error = close(ErrorKind::StorageFull).unwrap_err();
    assert_eq!(error.kind(), Kind::System);
    assert!(error.to_string().starts_with("cannot write to standard output: "), "{error}");
}

#[test]
fn without_a_terminal_every_question_is_a_usage_error_that_names_the_flags() {
    let mut ui = Screen::default().ui();
    assert!(!ui.interactive());
    let ends: [Result<()>; 3] = [
        ui.input(QUESTION, Some("a"), &|_| Ok(())).map(drop),
        ui.select(QUESTION, &["a".to_owned()], 0).map(drop),
        ui.confirm(QUESTION, true).map(drop),
    ];
    for end in ends {
        let error = end.unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(error.to_string(), "there is no terminal to ask: Which one");
        assert_eq!(error.hints(), ["Give the answer with `--set one=…` or `--defaults`"]);
    }
}

#[test]
fn given_answers_are_checked() {
    let items = ["red".to_owned(), "blue".to_owned()];
    let mut ui = Screen::default().ui().answering(["x", "", "blue", "", "green", "yes", "n", "", "bad"]);
    assert!(ui.interactive());
    assert_eq!(ui.input(QUESTION, None, &|_| Ok(())).unwrap(), "x");
    assert_eq!(ui.input(QUESTION, Some("usual"), &|_| Ok(())).unwrap(), "usual");
    assert_eq!(ui.select(QUESTION, &items, 0).unwrap(), 1);
    assert_eq!(ui.select(QUESTION, &items, 0).unwrap(), 0);
    assert_eq!(ui.select(QUESTION, &items, 0).unwrap_err().to_string(), "this is not offered: `green`");
    assert!(ui.confirm(QUESTION, false).unwrap());
    assert!(!ui.confirm(QUESTION, true).unwrap());
    assert!(ui.confirm(QUESTION, true).unwrap());
    let refuse = |answer: &str| Err(format!("`{answer}` will not do"));
    assert_eq!(ui.input(QUESTION, None, &refuse).unwrap_err().to_string(), "`bad` will not do");
    assert_eq!(ui.confirm(QUESTION, true).unwrap_err().kind(), Kind::Usage);
}

#[test]
fn counts_and_lists() {
    let counts = [Count(0, "file"), Count(1, "file"), Count(2, "entry"), Count(2, "key"), Count(3, "patch")];
    assert_eq!(List(&counts, "and").to_string(), "0 files, 1 file, 2 entries, 2 keys, and 3 patches");
    assert_eq!(List(&["a", "b"], "or").to_string(), "a or b");
    assert_eq!(List(&["a"], "or").to_string(), "a");
    assert_eq!(List(&literals(&["a", "b"]), "and").to_string(), "`a` and `b`");
    assert_eq!(List::<&str>(&[], "or").to_string(), "");
}
