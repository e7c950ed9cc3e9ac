//! A secret from stdin: a line of a pipe, or typed at the terminal without being shown. Keeps nothing.

use std::io::{IsTerminal, Write, stdin};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::domain::private::Private;

/// Reads one line. At a terminal `question` is asked, and what is typed is not shown.
///
/// # Errors
/// When stdin cannot be read, or is no text.
pub(super) fn read(question: &str) -> anyhow::Result<Private> {
    let terminal = stdin().is_terminal();
    let _hidden = if terminal { Some(Hidden::begin()?) } else { None };
    if terminal {
        eprint!("{question}: ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    stdin().read_line(&mut line)?;
    if terminal {
        eprintln!();
    }
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(Private::new(line))
}

/// As long as this lives, the terminal shows nothing of what is typed.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> anyhow::Result<Self> {
        let before = tcgetattr(stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone has nothing to be put right.
        let _ = tcsetattr(stdin(), OptionalActions::Flush, &self.0);
    }
}
