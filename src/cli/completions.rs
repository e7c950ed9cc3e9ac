//! `lykt completions SHELL`: what a shell needs to complete commands and options. Needs no installation.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Exit, print};

/// What `lykt completions` is given.
#[derive(Debug, Args)]
#[command(after_help = "docs/editor.md says where each shell looks for it. For bash:\n  \
                        lykt completions bash > ~/.local/share/bash-completion/completions/lykt")]
pub struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Runs the command.
///
/// # Errors
/// When it cannot be printed.
pub fn run(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    print(&script(args.shell))
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lykt", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_gets_every_command() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in Cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }
}
