//! The one table of exit codes.

/// Nothing is left to do.
pub const DONE: u8 = 0;
/// Something is pending or left to a person.
pub const LEFT: u8 = 1;
/// Declined, called wrongly, or failed.
pub const FAILED: u8 = 2;

/// The table as every help page ends with it.
pub const HELP: &str = "\
Exit codes:
  0  --check, --dry-run, --diff and reports: nothing is pending
     write: everything was done
  1  --check, --dry-run, --diff and reports: there are changes to make, or findings of warning or error level
     write: something was held back for a person
  2  the answer to a question was no, the command line is wrong, or something failed";

/// The code of a run that ended without a failure. Hints do not count as `left`.
pub(crate) const fn code(reports: bool, pending: bool, left: usize) -> u8 {
    if left > 0 || (reports && pending) { LEFT } else { DONE }
}
