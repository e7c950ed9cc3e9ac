//! Mutation testing of Lykt: builds a copy in which every mutant stands behind a switch, and tries them one by one on the tests
//! that come by it. `fuzz/mutate` runs it, and says how.

mod build;
mod copy;
mod edits;
mod plant;
mod results;
mod statement;
mod syntax;
mod trial;

use std::path::Path;
use std::process::ExitCode;

use edits::Mutant;
use results::Results;
use trial::Trials;

/// Which mutants are tried.
enum Choice {
    New,
    Again,
    Every(usize),
    Only(Vec<u32>),
    None,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (files, filters) = match arguments.iter().position(|argument| argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (&arguments[..], &[][..]),
    };
    let choice = std::env::var("LYKT_MUTANTS").unwrap_or_default();
    let Some(choice) = Choice::parse(&choice).filter(|_| !files.is_empty() && !filters.is_empty()) else {
        eprintln!("usage: [LYKT_MUTANTS=every:3|again|only:17,18|none] fuzz/mutate FILE.. -- TEST..");
        return ExitCode::from(2);
    };
    match run(files, filters, &choice) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("{e}");
            ExitCode::FAILURE
        }
    }
}

impl Choice {
    fn parse(word: &str) -> Option<Self> {
        Some(match word.split_once(':') {
            None if word.is_empty() => Choice::New,
            None if word == "again" => Choice::Again,
            None if word == "none" => Choice::None,
            Some(("every", n)) => Choice::Every(n.parse().ok().filter(|n| *n > 0)?),
            Some(("only", ids)) => Choice::Only(ids.split(',').map(|id| id.parse().ok()).collect::<Option<_>>()?),
            _ => return None,
        })
    }

    fn takes(&self, n: usize, mutant: &Mutant, results: &Results) -> bool {
        match self {
            Choice::New => !results.has(mutant, false),
            Choice::Again => !results.has(mutant, true) && results.has(mutant, false),
            Choice::Every(step) => n.is_multiple_of(*step) && !results.has(mutant, false),
            Choice::Only(ids) => ids.contains(&mutant.id),
            Choice::None => false,
        }
    }
}

fn run(files: &[String], filters: &[String], choice: &Choice) -> std::io::Result<()> {
    let folder = std::env::current_dir()?.join("target/mutants");
    let built = build::build(&folder, files)?;
    let mut results = Results::open(Path::new(&folder.join("results.tsv")))?;
    let mut chosen: Vec<Mutant> = built
        .mutants
        .iter()
        .enumerate()
        .filter(|(n, mutant)| choice.takes(*n, mutant, &results))
        .map(|(_, mutant)| mutant.clone())
        .collect();
    // As the files were named: what matters most is tried first.
    chosen.sort_by_key(|mutant| files.iter().position(|file| copy::belongs(&mutant.file, file)));
    if chosen.is_empty() {
        results.print(&built.mutants);
        return Ok(());
    }
    println!("{} to try; first without any", chosen.len());
    let trials = Trials::new(built, filters, &folder)?;
    for mutant in &chosen {
        results.add(mutant, &trials.run(mutant.id)?)?;
    }
    results.print(trials.mutants());
    Ok(())
}
