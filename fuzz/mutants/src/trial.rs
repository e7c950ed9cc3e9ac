//! Runs tests, with a mutant or without, and stops at the first that fails.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::build::Built;

/// Tests at the same time: they wait for each other and for databases.
const THREADS: &str = "4";
/// The first tests of the integration program that are tried, the quickest.
const FIRST: usize = 12;
/// How long a run may take besides four times what its tests took without a mutant.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A test failed: which, and what it said.
    Noticed(String),
    /// The tests did not come to an end.
    TimedOut,
    /// All tests that come by it passed.
    Survived(usize),
    /// No test comes by it.
    Unreached,
}

/// One test, and how long it took.
#[derive(Clone)]
struct Test {
    name: String,
    took: Duration,
}

/// Which tests come by which mutant.
pub struct Trials {
    built: Built,
    filters: Vec<String>,
    unit: HashMap<u32, Vec<Test>>,
    all: HashMap<u32, Vec<Test>>,
    /// What something passes that is no test: a thread of a test, of which nobody knows whose.
    others: HashSet<u32>,
}

enum Ended {
    Passed,
    Failed(String),
    TimedOut,
}

impl Trials {
    /// Runs all tests once, without a mutant.
    pub fn new(built: Built, filters: &[String], folder: &Path) -> io::Result<Self> {
        let mut trials = Self {
            built,
            filters: filters.to_vec(),
            unit: HashMap::new(),
            all: HashMap::new(),
            others: HashSet::new(),
        };
        let unit = trials.built.unit.clone();
        trials.unit = trials.look(&unit, &[], &folder.join("seen-unit"))?;
        let all = trials.built.all.clone();
        trials.all = trials.look(&all, filters, &folder.join("seen-all"))?;
        Ok(trials)
    }

    fn look(&mut self, program: &Path, filters: &[String], seen: &Path) -> io::Result<HashMap<u32, Vec<Test>>> {
        let ended = self.ended(program, filters, seen)?;
        let told = std::fs::read_to_string(seen)?;
        let lines = told.lines().filter_map(|line| {
            let mut parts = line.splitn(3, '\t');
            Some((parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u128>().ok()?, parts.next()?))
        });
        let lines: Vec<_> = lines.collect();
        let mut began: HashMap<&str, u128> = HashMap::new();
        for (_, at, name) in &lines {
            began.entry(name).and_modify(|first| *first = (*first).min(*at)).or_insert(*at);
        }
        let mut found: HashMap<u32, Vec<Test>> = HashMap::new();
        for (id, _, name) in &lines {
            match ended.get(*name) {
                Some(end) => {
                    let took = Duration::from_millis(end.saturating_sub(began[name]) as u64);
                    found.entry(*id).or_default().push(Test { name: (*name).to_owned(), took });
                }
                None => drop(self.others.insert(*id)),
            }
        }
        found.values_mut().for_each(|tests| tests.sort_by_key(|test| test.took));
        println!("{} tests of {}", ended.len(), program.file_name().unwrap_or_default().to_string_lossy());
        Ok(found)
    }

    /// The tests that passed, and when each ended; what is known of the same program is not found out again.
    fn ended(&self, program: &Path, filters: &[String], seen: &Path) -> io::Result<BTreeMap<String, u128>> {
        let (head, kept) = (filters.join(" "), seen.with_extension("tests"));
        let changed = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified());
        let is_new =
            changed(&kept).is_ok_and(|at| changed(&self.built.copy.join(program)).is_ok_and(|built| built < at));
        if let Some(old) = std::fs::read_to_string(&kept).ok().filter(|old| is_new && old.lines().next() == Some(&head))
        {
            let line =
                |line: &str| line.split_once('\t').and_then(|(name, at)| Some((name.to_owned(), at.parse().ok()?)));
            return Ok(old.lines().skip(1).filter_map(line).collect());
        }
        let _ = std::fs::remove_file(seen);
        let mut command = self.command(program, 0);
        command.args(filters).env("LYKT_MUTANTS_SEEN", seen).stderr(Stdio::null());
        let mut run = command.stdout(Stdio::piped()).spawn()?;
        let mut ended = BTreeMap::new();
        for line in BufReader::new(run.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).lines() {
            let line = line?;
            let Some((name, how)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... ")) else {
                continue;
            };
            match how {
                "ok" => drop(ended.insert(name.to_owned(), now_ms())),
                "FAILED" => println!("{name} fails without a mutant and is left out"),
                _ => {}
            }
        }
        run.wait()?;
        let lines: Vec<String> = ended.iter().map(|(name, at)| format!("{name}\t{at}")).collect();
        std::fs::write(&kept, format!("{head}\n{}\n", lines.join("\n")))?;
        Ok(ended)
    }

    pub fn mutants(&self) -> &[crate::edits::Mutant] {
        &self.built.mutants
    }

    /// Tries one: the tests of the library that come by it, then the quickest few of the others, then the rest.
    pub fn run(&self, id: u32) -> io::Result<Verdict> {
        let (unit, all) = (self.unit.get(&id).map_or(&[][..], |t| t), self.all.get(&id).map_or(&[][..], |t| t));
        let (first, rest) = all.split_at(all.len().min(FIRST));
        for (program, tests) in [(&self.built.unit, unit), (&self.built.all, first), (&self.built.all, rest)] {
            if tests.is_empty() {
                continue;
            }
            let took = tests.iter().map(|test| test.took).sum::<Duration>();
            let mut command = self.command(program, id);
            command.arg("--exact").args(tests.iter().map(|test| &test.name));
            match watch(command, PATIENCE + took * 4)? {
                Ended::Passed => {}
                Ended::Failed(why) => return Ok(Verdict::Noticed(why)),
                Ended::TimedOut => return Ok(Verdict::TimedOut),
            }
        }
        if unit.is_empty() && all.is_empty() {
            if !self.others.contains(&id) {
                return Ok(Verdict::Unreached);
            }
            let mut command = self.command(&self.built.all, id);
            command.args(&self.filters);
            match watch(command, Duration::from_secs(900))? {
                Ended::Passed => {}
                Ended::Failed(why) => return Ok(Verdict::Noticed(why)),
                Ended::TimedOut => return Ok(Verdict::TimedOut),
            }
        }
        Ok(Verdict::Survived(unit.len() + all.len()))
    }

    fn command(&self, program: &Path, id: u32) -> Command {
        let program: PathBuf = self.built.copy.join(program);
        let mut command = Command::new(program);
        command.current_dir(&self.built.copy).env("CARGO_MANIFEST_DIR", &self.built.copy);
        command.env("LYKT_MUTANT", id.to_string()).args(["--test-threads", THREADS]).stdin(Stdio::null());
        command
    }
}

fn now_ms() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis())
}

/// Ends it at the first test that fails, or when its time is over.
fn watch(mut command: Command, limit: Duration) -> io::Result<Ended> {
    let until = Instant::now() + limit;
    let mut run = command.arg("--nocapture").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (send, lines) = channel();
    for pipe in [
        run.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        run.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ] {
        let (Some(pipe), send) = (pipe, send.clone()) else { continue };
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                let _ = send.send(String::from_utf8_lossy(&line).into_owned());
            }
        });
    }
    drop(send);
    let mut said = String::new();
    let mut panicked = false;
    loop {
        match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(line) if line.ends_with(" ... FAILED") => {
                let name = line.rsplit("test ").next().unwrap_or_default().trim_end_matches(" ... FAILED").to_owned();
                end(&mut run);
                return Ok(Ended::Failed(format!("{name}\t{said}")));
            }
            Ok(line) => {
                // The line after says why.
                if panicked && said.len() < 400 {
                    said.push_str(&line.replace('\t', " "));
                    said.push_str(" | ");
                }
                panicked = line.contains("panicked at ");
            }
            Err(RecvTimeoutError::Timeout) => {
                end(&mut run);
                return Ok(Ended::TimedOut);
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = run.wait()?;
                return Ok(if status.success() { Ended::Passed } else { Ended::Failed(format!("{status}\t{said}")) });
            }
        }
    }
}

/// What a test has started ends with the pipes that it holds.
fn end(run: &mut Child) {
    let _ = run.kill();
    let _ = run.wait();
}
