//! The help in Norwegian: `norsk.tsv` has each English sentence and its translation. What is not there stays English.

use clap::{Arg, ArgAction, Command};

const SENTENCES: &str = include_str!("norsk.tsv");

/// The command and all below it, with their help in Norwegian.
pub(super) fn translate(command: Command) -> Command {
    let help = Arg::new("hjelp").short('h').long("help").global(true).action(ArgAction::Help).help("Vis hjelp");
    let version = Arg::new("versjon").short('V').long("version").action(ArgAction::Version).help("Vis versjon");
    let command = command.disable_help_flag(true).disable_version_flag(true).arg(help).arg(version);
    below(command.disable_help_subcommand(true))
}

fn below(command: Command) -> Command {
    let about = command.get_about().map(ToString::to_string);
    let long = command.get_long_about().is_some();
    let command = match about.as_deref().and_then(norsk) {
        Some(about) if long => command.about(about).long_about(about),
        Some(about) => command.about(about),
        None => command,
    };
    command
        .help_template("{about-with-newline}\nBruk: {usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("Kommandoer")
        .subcommand_value_name("KOMMANDO")
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "Argumenter" } else { "Valg" };
            let help = arg.get_help().map(ToString::to_string);
            let long = arg.get_long_help().is_some();
            let arg = arg.help_heading(heading);
            match help.as_deref().and_then(norsk) {
                Some(help) if long => arg.help(help).long_help(help),
                Some(help) => arg.help(help),
                None => arg,
            }
        })
        .mut_subcommands(below)
}

/// The Norwegian of a sentence; a final full stop does not matter.
fn norsk(english: &str) -> Option<&'static str> {
    let english = english.trim_end_matches('.');
    SENTENCES.lines().filter_map(|line| line.split_once('\t')).find(|(en, _)| *en == english).map(|(_, nb)| nb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_help_is_in_norwegian() {
        let mut command = translate(super::super::Cli::command());
        command.build();
        let help = command.render_help().to_string();
        for part in ["Bruk: lykt", "Kommandoer:", "Valg:", "Viser hvor hver planlagte melding står", "Vis hjelp"] {
            assert!(help.contains(part), "{part} in\n{help}");
        }
        let report = command.find_subcommand_mut("report").unwrap().render_long_help().to_string();
        assert!(report.contains("Som CSV til et regneark") && report.contains("Kampanjen: filnavnet"), "{report}");
    }

    #[test]
    fn every_sentence_has_one_translation() {
        let mut english: Vec<&str> = SENTENCES.lines().map(|line| line.split_once('\t').unwrap().0).collect();
        let all = english.len();
        english.sort_unstable();
        english.dedup();
        assert_eq!(english.len(), all);
    }
}
