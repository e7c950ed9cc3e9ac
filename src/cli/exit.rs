//! How a command ends.

use std::io::Write;
use std::process::ExitCode;

use super::table::complain;

/// How a command ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; also "0 eligible" and "may not".
    Done,
    /// A fault: nothing the person did.
    Fault,
    /// Wrong use, or mistakes in a file.
    Usage,
    /// Refused by a rule.
    Refused,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Fault => 1,
            Exit::Usage => 2,
            Exit::Refused => 3,
        })
    }
}

/// Says why a rule stands in the way.
pub(super) fn refuse(why: String) -> Exit {
    complain(&why);
    Exit::Refused
}

/// Prints what was asked for. Whoever reads us may have read enough, as `head` does.
pub(super) fn print(text: &str) -> anyhow::Result<Exit> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Done),
    }
}
