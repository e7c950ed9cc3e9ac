//! Every command has a row in `commands.tsv`: what it needs, whether it changes anything or opens a person, and under which
//! words its use is kept. The house keeps to it, and `docs/commands.md` shows it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::CommandFactory;
use lykt::cli::Cli;
use lykt::domain::act::Act;
use lykt::domain::private::Private;
use lykt::gateway::{Address, ProviderId, Reply};
use lykt::store::Db;
use lykt::store::audit::after;

use crate::tasks::house::House;

const ROWS: &str = include_str!("commands.tsv");
const DOCS: &str = include_str!("../../docs/commands.md");
/// People whose numbers belong to nobody.
const PERSON: &str = "+46701740605";
const OTHER: &str = "+46701740606";

struct Row {
    command: &'static str,
    needs: &'static str,
    who: &'static str,
    does: &'static str,
    opens: bool,
    kept: &'static str,
    tries: &'static str,
}

impl Row {
    /// The words under which its use is kept; none when the row says why not.
    fn words(&self) -> Vec<&str> {
        if self.kept.starts_with("- ") { Vec::new() } else { self.kept.split(' ').collect() }
    }
}

fn rows() -> Vec<Row> {
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [command, needs, who, does, opens, kept, tries] = cells[..] else { panic!("{line}") };
        Row { command, needs, who, does, opens: opens == "opens", kept, tries }
    };
    ROWS.lines().map(row).collect()
}

/// Every command that does something, from the program's own tree.
fn commands(of: &clap::Command, before: &str, found: &mut Vec<String>) {
    for command in of.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("{before} {}", command.get_name()).trim().to_owned();
        if command.get_subcommands().next().is_some() {
            commands(command, &name, found);
        } else {
            found.push(name);
        }
    }
}

#[test]
fn every_command_has_its_row_and_every_row_its_command() {
    let mut built = Vec::new();
    commands(&Cli::command(), "", &mut built);
    built.sort();
    let rows: Vec<_> = rows().iter().map(|row| row.command).collect();
    let missing: Vec<_> = built.iter().filter(|name| !rows.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "tests/commands/commands.tsv does not say what these need and open: {missing:?}");
    assert_eq!(rows, built, "a row without a command, or not in order");
}

#[test]
fn every_row_says_what_its_command_needs_and_under_which_words_its_use_is_kept() {
    for row in rows() {
        assert!(["house", "nothing"].contains(&row.needs), "{}", row.command);
        assert!(["reads", "writes"].contains(&row.does), "{}", row.command);
        for word in row.words() {
            assert!(Act::parse(word).is_some(), "{}: {word}", row.command);
        }
        let kept = !row.words().is_empty();
        assert!(kept || row.kept.len() > 5, "say why the use of {} is not kept", row.command);
        assert!(kept || !row.opens || row.needs == "nothing", "{} opens a person and leaves no word", row.command);
    }
}

#[test]
fn the_page_of_commands_shows_every_row() {
    let cell = |text: &str| if text == "-" { String::new() } else { text.replace('|', "\\|") };
    let kept = |row: &Row| match row.kept.strip_prefix("- ") {
        Some(why) => why.to_owned(),
        None => row.words().iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
    };
    let line = |row: &Row| {
        let opens = if row.opens { "yes" } else { "" };
        let who = cell(row.who.strip_prefix("- ").unwrap_or(row.who));
        format!("| `lykt {}` | {} | {who} | {} | {opens} | {} |", row.command, row.needs, row.does, kept(row))
    };
    let expected: Vec<String> = rows().iter().map(line).collect();
    let shown: Vec<&str> = DOCS.lines().filter(|line| line.starts_with("| `lykt ")).collect();
    let differs = expected.iter().find(|line| !shown.contains(&line.as_str()));
    assert_eq!(differs, None, "docs/commands.md does not show this row of tests/commands/commands.tsv");
    assert_eq!(shown.len(), expected.len(), "docs/commands.md shows a command that is not there");
}

/// An installation with a call that is due and an answer that nobody has read.
struct Installed {
    folder: tempfile::TempDir,
    house: House,
    task: String,
    reply: String,
}

impl Installed {
    async fn new() -> Installed {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("campaigns")).unwrap();
        let house = House::in_folder(folder.path(), "2026-12-08T12:00:00").await;
        let person = house.person().await;
        let task = house.call(&person).await.id.short();
        let reply = Reply {
            from: Address::new(PERSON),
            to: Address::new("x"),
            text: Private::new("Hvem er dette?".to_owned()),
            provider_id: ProviderId::parse("SM1").unwrap(),
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let mut tx = house.db.begin().await.unwrap();
        lykt::inbox::receive(&house.tasks.ledger, &mut tx, "a", &reply).await.unwrap().unwrap();
        let rows = tx.all(lykt::store::sql("select id from reply")).await.unwrap();
        let reply = rows[0].id::<lykt::domain::id::ReplyId>(0).unwrap().to_string();
        tx.commit().await.unwrap();
        Installed { folder, house, task, reply }
    }

    /// Runs a command as its row tries it.
    fn tries(&self, row: &Row, who: &[&str]) -> Output {
        let tries = row.tries.replace("{folder}", &self.folder.path().display().to_string());
        let tries = tries.replace("{person}", PERSON).replace("{other}", OTHER).replace("{task}", &self.task);
        let tries = tries.replace("{reply}", &self.reply).replace("{nil}", &uuid::Uuid::nil().to_string());
        let mut command = Command::new(env!("CARGO_BIN_EXE_lykt"));
        command.current_dir(self.folder.path()).args(who).args(row.command.split(' ')).args(tries.split_whitespace());
        command.env_remove("LC_ALL").env("LANG", "C").stdin(Stdio::null()).output().unwrap()
    }
}

/// What a daemon alone would do, or what looks on without keys.
fn is_tried(row: &Row) -> bool {
    row.needs == "house" && row.command != "serve"
}

async fn left(db: &Db, before: i64) -> Vec<String> {
    let mut tx = db.read().await.unwrap();
    after(&mut tx, before, 1_000).await.unwrap().into_iter().map(|entry| entry.act).collect()
}

#[tokio::test]
async fn every_command_leaves_the_words_of_its_row_and_no_other() {
    let installed = Installed::new().await;
    let db = &installed.house.db;
    for row in rows().iter().filter(|row| is_tried(row)) {
        let before = i64::try_from(left(db, 0).await.len()).unwrap();
        let ended = installed.tries(row, &["--as", "Kari"]);
        let acts = left(db, before).await;
        let words = row.words();
        assert!(acts.iter().all(|act| words.contains(&act.as_str())), "{} left {acts:?}: {ended:?}", row.command);
        assert!(ended.status.code().is_some_and(|code| code != 1), "{} is a fault: {ended:?}", row.command);
        if row.opens {
            assert!(ended.status.success(), "{} opens nobody: {ended:?}", row.command);
            assert!(!acts.is_empty(), "{} opens a person and left nothing in the audit", row.command);
        }
    }
}

#[tokio::test]
async fn a_command_that_needs_a_name_asks_for_it() {
    let installed = Installed::new().await;
    for row in rows().iter().filter(|row| is_tried(row) && row.who == "--as") {
        let ended = installed.tries(row, &[]);
        assert_eq!(ended.status.code(), Some(2), "{}: {ended:?}", row.command);
    }
}

#[tokio::test]
async fn without_its_keys_a_command_refuses_and_harms_nothing() {
    let installed = Installed::new().await;
    let folder = installed.folder.path();
    installed.house.db.close().await;
    std::fs::remove_file(folder.join("lykt.keys")).unwrap();
    let before = files(folder);
    for row in rows().iter().filter(|row| row.needs == "house") {
        let ended = installed.tries(row, &["--as", "Kari"]);
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(matches!(ended.status.code(), Some(1 | 2)), "{}: {ended:?}", row.command);
        assert!(said.contains("key"), "{} does not say that the keys are missing: {said}", row.command);
        assert!(ended.stdout.is_empty(), "{}: {ended:?}", row.command);
        assert!(files(folder) == before, "{} changed something without keys", row.command);
    }
}

/// What lies in a folder, with every byte.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file());
    let mut files: Vec<_> = files
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}
