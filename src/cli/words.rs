//! A word of a closed list on the command line: read as it ever was, and offered by a shell that completes it.

use std::error::Error;
use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};

/// A reader of words, and the words that a shell offers.
#[derive(Clone)]
pub(super) struct Words<F> {
    read: F,
    offered: Vec<&'static str>,
}

/// Reads a word, and offers these.
pub(super) fn words<F>(read: F, offered: impl Into<Vec<&'static str>>) -> Words<F> {
    Words { read, offered: offered.into() }
}

impl<F, T, E> TypedValueParser for Words<F>
where
    F: Fn(&str) -> Result<T, E> + Clone + Send + Sync + 'static,
    E: Into<Box<dyn Error + Send + Sync + 'static>>,
    T: Send + Sync + Clone,
{
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, clap::Error> {
        self.read.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.offered.iter().map(|word| PossibleValue::new(*word))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use clap::CommandFactory;

    #[test]
    fn a_shell_offers_the_words_of_a_closed_list() {
        for (path, id, some) in [
            (&[][..], "lang", "nb"),
            (&["tasks", "done"][..], "outcome", "call_later"),
            (&["user", "add"][..], "role", "coordinator"),
            (&["report"][..], "by", "variant"),
            (&["contact", "opt-in"][..], "channel", "whatsapp"),
        ] {
            let mut command = &Cli::command();
            for name in path {
                command = command.find_subcommand(name).unwrap();
            }
            let arg = command.get_arguments().find(|arg| arg.get_id().as_str() == id).unwrap();
            let offered = arg.get_possible_values();
            assert!(offered.iter().any(|word| word.get_name() == some), "{id}: {offered:?}");
            assert!(arg.is_hide_possible_values_set(), "{id}: the help says them itself");
        }
    }
}
