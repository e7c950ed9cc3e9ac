//! What became of each mutant, kept in a file, so that a run can go on where it was ended; and the tables made of it.

use std::collections::{BTreeMap, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::edits::Mutant;
use crate::trial::Verdict;

/// What is known so far; a mutant is known by its file, line and words.
pub struct Results {
    known: HashMap<String, (String, String)>,
    file: File,
}

#[derive(Default)]
struct Count {
    tried: usize,
    noticed: usize,
    timed_out: usize,
    survived: usize,
    unreached: usize,
}

impl Results {
    pub fn open(path: &Path) -> io::Result<Self> {
        let old = std::fs::read_to_string(path).unwrap_or_default();
        let line = |line: &str| {
            let mut parts = line.splitn(3, '\t').map(str::to_owned);
            Some((parts.next()?, (parts.next()?, parts.next().unwrap_or_default())))
        };
        let known = old.lines().filter_map(line).collect();
        Ok(Self { known, file: OpenOptions::new().create(true).append(true).open(path)? })
    }

    /// Whether it was tried; with `again` one that was not noticed was not.
    pub fn has(&self, mutant: &Mutant, again: bool) -> bool {
        self.known.get(&mutant.key()).is_some_and(|(how, _)| !again || how == "noticed")
    }

    pub fn add(&mut self, mutant: &Mutant, verdict: &Verdict) -> io::Result<()> {
        let (how, more) = match verdict {
            Verdict::Noticed(by) => ("noticed", by.clone()),
            Verdict::TimedOut => ("timed out", String::new()),
            Verdict::Survived(tests) => ("survived", format!("{tests} tests")),
            Verdict::Unreached => ("unreached", String::new()),
        };
        let key = mutant.key();
        println!("{how}: {key} {}", more.split('\t').next().unwrap_or_default());
        writeln!(self.file, "{key}\t{how}\t{more}")?;
        self.known.insert(key, (how.to_owned(), more));
        Ok(())
    }

    /// What was tried of these: a row for each file, and whatever was not noticed.
    pub fn print(&self, mutants: &[Mutant]) {
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        let mut left: Vec<String> = Vec::new();
        for mutant in mutants {
            let Some((how, more)) = self.known.get(&mutant.key()) else { continue };
            for name in [mutant.file.as_str(), "together"] {
                let count = counts.entry(name).or_default();
                count.tried += 1;
                match how.as_str() {
                    "noticed" => count.noticed += 1,
                    "timed out" => count.timed_out += 1,
                    "survived" => count.survived += 1,
                    _ => count.unreached += 1,
                }
            }
            if how != "noticed" {
                left.push(format!(
                    "{} {how} {}{}",
                    mutant.id,
                    mutant.key(),
                    if more.is_empty() { String::new() } else { format!(" ({more})") }
                ));
            }
        }
        println!("\n{:<40}{:>8}{:>9}{:>11}{:>10}{:>11}", "", "tried", "noticed", "timed out", "survived", "unreached");
        for (name, c) in counts {
            println!(
                "{name:<40}{:>8}{:>9}{:>11}{:>10}{:>11}",
                c.tried, c.noticed, c.timed_out, c.survived, c.unreached
            );
        }
        println!("\nNot noticed:");
        left.iter().for_each(|line| println!("{line}"));
    }
}
