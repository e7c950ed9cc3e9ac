//! The house rules of `docs/house.md`, read off the source: who may use whom, and what stands in one room only.
//!
//! Each rule first shows, on a few lines made for it, that it can fail and that it lets pass what is right.

use crate::support::project::{self, File, Mistake};
use crate::support::source::{is_word, line, occurrences, word_at};

/// The rooms, each of which may use only those before it.
const ROOMS: [&str; 30] = [
    "domain",
    "clock",
    "metrics",
    "settings",
    "vault",
    "store",
    "audit",
    "gateway",
    "campaign",
    "ledger",
    "keys",
    "partner",
    "plan",
    "tasks",
    "outbox",
    "inbox",
    "webhook",
    "counting",
    "market",
    "report",
    "retention",
    "backup",
    "witness",
    "alarm",
    "second",
    "access",
    "daemon",
    "fake_gateway",
    "web",
    "cli",
];

/// The macros at the crate's root that every room may use.
const MACROS: [&str; 3] = ["say", "text", "words"];

#[test]
fn a_room_uses_only_rooms_named_before_it() {
    let check = |file: &File| {
        let mut mistakes = Vec::new();
        let Some(room) = file.room() else { return mistakes };
        let Some(own) = rank(room) else { return vec![(0, format!("{room} is no room of the house"))] };
        for (at, name) in file.uses() {
            match rank(&name) {
                _ if MACROS.contains(&name.as_str()) => {}
                Some(used) if used <= own => {}
                Some(_) => mistakes.push((at, format!("{room} uses {name}, which comes after it"))),
                None => mistakes.push((at, format!("{room} uses {name} of the crate's root, which is no room"))),
            }
        }
        mistakes
    };
    let advice = "move the code to the later room, or hand the earlier one what it needs to know";
    house(check, advice)
        .refuses("src/plan/mod.rs", "use crate::outbox::step;")
        .refuses("src/plan/mod.rs", "use crate::{domain::phone::Phone, store::{db, plan}, tasks};")
        .refuses("src/plan/preview.rs", "fn f() { crate::cli::run(); }")
        .refuses("src/plan/preview.rs", "use super::super::outbox::step;")
        .refuses("src/plan.rs", "use super::outbox;")
        .refuses("src/plan/mod.rs", "#[cfg(test)]\nmod tests {\n    use super::super::outbox;\n}")
        .refuses("src/plan/mod.rs", "use crate::Everything;")
        .refuses("src/shed/mod.rs", "")
        .allows("src/plan/mod.rs", "use crate::{ledger, store::{db, outbox}};\nuse crate::plan::preview;")
        .allows(
            "src/plan/mod.rs",
            "// like crate::outbox\nconst A: &str = \"crate::cli\"; fn f() { crate::say!(l, a, b) }",
        )
        .allows("src/store/mod.rs", "mod tasks;\n#[cfg(test)]\nmod tests {\n    use super::tasks;\n}")
        .allows("src/store/plan/mod.rs", "use super::tasks;")
        .allows("src/main.rs", "lykt::cli::run()")
        .stands();
}

#[test]
fn the_front_page_lists_the_rooms_in_order() {
    let check = |file: &File| {
        let mut mistakes = Vec::new();
        let mut last = None;
        for at in occurrences(&file.code, "mod").filter(|_| file.path == "src/lib.rs") {
            let name = word_at(file.code[at + "mod".len()..].trim_start()).to_owned();
            let own = rank(&name);
            if own <= last {
                mistakes.push((at, format!("{name} is not where its place in the house is")));
            }
            last = own.max(last);
        }
        mistakes
    };
    house(check, "`src/lib.rs` has one `pub mod` a room, in the order of the house")
        .refuses("src/lib.rs", "pub mod domain;\npub mod store;\npub mod clock;")
        .refuses("src/lib.rs", "pub mod domain;\npub mod shed;")
        .allows("src/lib.rs", "pub mod domain;\npub mod clock;\npub mod plan;")
        .stands();
}

#[test]
fn a_gateway_adapter_knows_only_domain_and_gateway() {
    let check = |file: &File| {
        let known = ["domain", "gateway", "say", "text", "words"];
        let foreign = file.uses().into_iter().filter(|(_, name)| file.is_adapter() && !known.contains(&name.as_str()));
        foreign.map(|(at, name)| (at, format!("an adapter uses {name}"))).collect()
    };
    house(check, "an adapter builds one request and reads one response; what it needs to know comes as an argument")
        .refuses("src/gateway/twilio/request.rs", "use crate::clock::Civil;")
        .refuses("src/gateway/simulator.rs", "use crate::store::db::Tx;")
        .allows("src/gateway/twilio/request.rs", "use crate::domain::channel::Channel;\nuse crate::gateway::Request;")
        .allows("src/gateway/http.rs", "use crate::settings::Account;")
        .stands();
}

#[test]
fn only_the_store_names_a_database() {
    let check = |file: &File| {
        let words = ["sqlx", "rusqlite", "Sqlite*", "PgConnect*", "PgPool*", "PgRow", "PgListener", "Postgres*"];
        file.words_outside(&["src/store/db"], &file.product, &words)
    };
    house(
        check,
        "put it into `store/db.rs` or `store/db`, which alone know that there are two databases, and give it a name of ours",
    )
    .refuses("src/store/message.rs", "use sqlx::Row;")
    .refuses("src/outbox/claim.rs", "fn f(pool: &SqlitePool, other: PgPoolOptions) {}")
    .allows("src/store/db.rs", "use sqlx::SqlitePool;")
    .allows("src/store/db/pool.rs", "use sqlx::SqlitePool;")
    .allows("src/store/message.rs", "//! Not sqlx's.\n#[cfg(test)]\nmod tests {\n    use sqlx::Row;\n}")
    .stands();
}

#[test]
fn only_the_clock_reads_the_time() {
    let check = |file: &File| {
        let words = [
            "SystemTime::now",
            "Instant::now",
            "Timestamp::now",
            "ZonedDateTime::now",
            "Utc::now",
            "Local::now",
            "clock_gettime",
            "now_v7",
            "now_local",
            "now_utc",
        ];
        file.words_outside(&["src/clock"], &file.code, &words)
    };
    house(check, "ask `clock`, so that tests and the demo can move the time; in a test, give it a clock that stands")
        .refuses("src/plan/mod.rs", "let now = std::time::Instant::now();")
        .refuses("src/outbox/claim.rs", "#[cfg(test)]\nmod tests { fn f() { Uuid::now_v7(); } }")
        .allows("src/clock/mod.rs", "let now = Timestamp::now();")
        .allows("src/plan/mod.rs", "// Never Instant::now.\nlet now = clock.now();")
        .stands();
}

#[test]
fn only_the_gateway_builds_an_http_client() {
    let check = |file: &File| {
        let words =
            ["Client::new", "Client::builder", "ClientBuilder*", "reqwest::get", "client::legacy", "client::conn"];
        file.words_outside(&["src/gateway/http"], &file.product, &words)
    };
    house(check, "use the client of `gateway/http.rs`: no redirect, no proxy, no retry, one verdict a request")
        .refuses("src/gateway/twilio/mod.rs", "let client = reqwest::Client::new();")
        .refuses("src/webhook/mod.rs", "let client = reqwest::ClientBuilder::new();")
        .allows("src/gateway/http.rs", "let client = reqwest::Client::builder();")
        .allows("src/gateway/mod.rs", "use reqwest::Client;")
        .stands();
}

#[test]
fn only_the_vault_sees_a_key() {
    let check = |file: &File| {
        let mut words = vec!["chacha20poly1305", "XChaCha20*", "ChaCha20*"];
        if !file.is_adapter() && file.room() != Some("fake_gateway") {
            words.extend(["hmac", "Hmac"]);
        }
        file.words_outside(&["src/vault"], &file.product, &words)
    };
    house(check, "seal, open and index through `vault`; only an adapter signs, with its provider's secret, and the fake provider")
        .refuses("src/store/contact.rs", "use hmac::{Hmac, Mac};")
        .refuses("src/gateway/twilio/signature.rs", "use chacha20poly1305::XChaCha20Poly1305;")
        .allows("src/gateway/twilio/signature.rs", "use hmac::{Hmac, Mac};")
        .allows("src/fake_gateway/tell.rs", "use hmac::{Hmac, Mac};")
        .allows("src/vault/mod.rs", "use hmac::{Hmac, Mac};")
        .stands();
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    let check = |file: &File| {
        let lines = file.text.lines().count();
        if lines > 500 { vec![(file.text.len(), format!("{lines} lines"))] } else { Vec::new() }
    };
    house(check, "a file has one job; above five hundred lines it is two files")
        .refuses("src/plan/mod.rs", &"\n".repeat(501))
        .allows("src/plan/mod.rs", &"\n".repeat(500))
        .stands();
}

#[test]
fn nothing_is_left_unfinished_or_silenced() {
    let check = |file: &File| {
        let words = ["todo!", "unimplemented!", "dbg!", "#[allow(", "#![allow("];
        file.words_outside(&[], &file.code, &words)
    };
    house(check, "finish it; a lint that is wrong here is silenced by `#[expect(.., reason = \"..\")]`")
        .refuses("src/plan/mod.rs", "fn f() { todo!() }")
        .refuses("tests/store/mod.rs", "#[allow(dead_code)]\nfn f() {}")
        .allows("src/plan/mod.rs", "// todo!\n#[expect(dead_code, reason = \"..\")]\nfn f() {}")
        .stands();
}

#[test]
fn every_file_begins_by_saying_what_it_does() {
    let check = |file: &File| if file.text.starts_with("//! ") { Vec::new() } else { vec![(0, "no `//!`".to_owned())] };
    house(check, "the first line is `//!`: what the file does, and what it must not know")
        .refuses("src/plan/mod.rs", "use std::fs;")
        .allows("src/plan/mod.rs", "//! Decides.\n")
        .stands();
}

#[test]
fn every_file_is_named_for_its_job() {
    let check = |file: &File| {
        let vague = ["util", "utils", "helper", "helpers", "common", "manager", "misc", "shared", "types"];
        let mut names = file.path.split('/').map(|name| name.trim_end_matches(".rs"));
        names.find(|name| vague.contains(name)).map(|name| (0, format!("{name} says nothing"))).into_iter().collect()
    };
    house(check, "name it after what it does, or move its parts to the rooms whose words they use")
        .refuses("src/plan/utils.rs", "")
        .refuses("src/common/mod.rs", "")
        .allows("src/plan/preview.rs", "")
        .stands();
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    let check = |file: &File| {
        let folders = ["home", "root", "Users", "work", "workspace"].map(|name| format!("/{name}/"));
        let named = folders.iter().flat_map(|folder| file.text.match_indices(folder));
        let absolute = |at: usize| !file.text[..at].ends_with(|c: char| is_word(c) || matches!(c, '.' | '}' | '-'));
        named.filter(|(at, _)| absolute(*at)).map(|(at, folder)| (at, format!("a path in {folder}"))).collect()
    };
    house(check, "a clone lies elsewhere for everybody: write a path from its root")
        .refuses("src/plan/mod.rs", &format!("// see /{}/amanda/lykt", "home"))
        .allows("src/plan/mod.rs", "// see https://example.org/home/page")
        .stands_in(&project::files());
}

#[test]
fn every_migration_is_a_step_of_the_schema() {
    let steps = include_str!("../src/store/db/steps.rs");
    let files = std::fs::read_dir("migrations").unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let forgotten: Vec<String> = files.filter(|file| !steps.contains(&format!("migrations/{file}\""))).collect();
    assert!(forgotten.is_empty(), "store/db/steps.rs lists none of {forgotten:?}, so no database takes them");
}

#[test]
fn every_test_that_a_page_names_is_there() {
    let code = project::files().into_iter().filter(|file| file.path.ends_with(".rs"));
    let code: String = code.map(|file| file.text).collect();
    let check = |file: &File| {
        let mut mistakes = Vec::new();
        if !["docs/asvs.md", "docs/practice.md", "docs/reliability.md", "docs/threat-model.md"]
            .contains(&file.path.as_str())
        {
            return mistakes;
        }
        let mut at = 0;
        for (n, part) in file.text.split('`').enumerate() {
            // Some stand after the name of their folder.
            let name = part.rsplit(' ').next().unwrap_or(part);
            let is_name = n % 2 == 1 && name.matches('_').count() > 3 && name.chars().all(is_word);
            if is_name && !code.contains(&format!("fn {name}(")) {
                mistakes.push((at, format!("there is no test {name}")));
            }
            at += part.len() + 1;
        }
        mistakes
    };
    house(check, "whoever reads of a test must find it: name it as it is called")
        .refuses("docs/reliability.md", "| 1 | outbox `a_test_that_was_called_otherwise` |")
        .allows(
            "docs/reliability.md",
            "`house every_test_that_a_page_names_is_there`, and a_test_that_is_none_of_these",
        )
        .stands_in(&project::files());
}

/// A rule, its advice, and what it has been tried on.
struct Rule<F> {
    check: F,
    advice: &'static str,
}

fn house<F: Fn(&File) -> Vec<Mistake>>(check: F, advice: &'static str) -> Rule<F> {
    Rule { check, advice }
}

impl<F: Fn(&File) -> Vec<Mistake>> Rule<F> {
    fn refuses(self, path: &str, text: &str) -> Self {
        assert!(!(self.check)(&File::new(path, text)).is_empty(), "the rule must refuse this in {path}:\n{text}");
        self
    }

    fn allows(self, path: &str, text: &str) -> Self {
        assert_eq!((self.check)(&File::new(path, text)), [], "the rule must allow this in {path}:\n{text}");
        self
    }

    /// The house itself keeps the rule.
    fn stands(self) {
        self.stands_in(&project::files().into_iter().filter(|file| file.path.ends_with(".rs")).collect::<Vec<_>>());
    }

    fn stands_in(self, files: &[File]) {
        assert!(files.iter().any(|file| file.path == "src/lib.rs"), "the tests run from the project's root");
        let mistakes = files.iter().flat_map(|file| {
            let place = |at| format!("{}:{}", file.path, line(&file.text, at));
            (self.check)(file).into_iter().map(move |(at, what)| format!("  {}: {what}\n", place(at)))
        });
        let mistakes: String = mistakes.collect();
        assert!(mistakes.is_empty(), "{}:\n{mistakes}", self.advice);
    }
}

/// The place of a room in the house, from 0.
fn rank(room: &str) -> Option<usize> {
    ROOMS.iter().position(|name| *name == room)
}
