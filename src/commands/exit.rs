//! The one table of exit codes.

/// Nothing is left to do.
pub const DONE: u8 = 0;
/// Something is pending or left to a person.
pub const LEFT: u8 = 1;
/// Declined, called wrongly, or failed.
pub const FAILED: u8 = 2;

/// The table as the help of every command that changes files ends with it.
pub const HELP: &str = "\
Exit codes:
  --check, --dry-run, --diff, reports
    0  nothing is pending
    1  there are changes to make, or findings of warning or error level
  write
    0  everything was done
    1  something was held back for a person
  always
    2  the answer was no, the call was wrong, or something failed";

/// The code of a run that ended without a failure. Hints do not count as `left`.
pub(crate) const fn code(reports: bool, pending: bool, left: usize) -> u8 {
    if left > 0 || (reports && pending) { LEFT } else { DONE }
}
