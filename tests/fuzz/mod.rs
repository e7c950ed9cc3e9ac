//! What comes from outside, fuzzed: all that is kept in `fuzz/corpus`, and some thousand inputs made from it by a seed.
//!
//! What found something stays in the corpus under a name that says what it was. `fuzz/run` is the long form.

mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use crate::support::say;

/// How many inputs are made for a target, where `LYKT_MUTATIONS` does not say: of what is read slowly, fewer.
const MUTATIONS: u64 = 5_000;
const FEWER: u64 = 1_000;
const FEW: u64 = 300;
/// The seed, where `LYKT_SEED` does not say.
const SEED: u64 = 6;
/// An input that is made is no longer than this.
const LONGEST: usize = 4_096;
/// What readers stumble over.
const NASTY: [&[u8]; 24] = [
    b"\0",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud83d",
    b"\"",
    b"\\",
    b"\n",
    b"\r\n",
    b"'''",
    b"\"\"\"",
    b"{{",
    b"}}",
    b"{%",
    b"[[",
    b"&",
    b"%",
    b"=",
    b"1e999",
    b"-1",
    b"99999999999999999999",
    b"</",
    "\u{202e}".as_bytes(),
    "\u{301}".as_bytes(),
    "İ".as_bytes(),
];

#[test]
fn addresses_in_free_text_stay_the_same_when_they_are_read_again() {
    replay("addresses", &[], MUTATIONS);
}

#[test]
fn one_answer_of_a_provider_is_one_verdict() {
    replay("answers", &official("0h"), MUTATIONS);
}

#[test]
fn a_campaign_file_is_refused_with_a_place_or_kept_as_it_is() {
    replay("campaign", &[], MUTATIONS);
}

#[test]
fn a_csv_list_is_read_to_its_end_or_refused() {
    replay("csv", &[], FEWER);
}

#[test]
fn a_form_is_read_as_it_is_written() {
    replay("forms", &[], MUTATIONS);
}

#[test]
fn a_providers_file_is_refused_with_a_place_or_can_be_used() {
    replay("provider_file", &[], MUTATIONS);
}

#[test]
fn a_reply_means_the_same_whatever_space_stands_around_it() {
    replay("replies", &[], FEW);
}

#[test]
fn settings_are_refused_with_a_reason_or_taken() {
    replay("settings", &[], MUTATIONS);
}

#[test]
fn a_signature_is_taken_when_it_is_the_right_one() {
    replay("signatures", &[], MUTATIONS);
}

#[test]
fn a_text_that_is_filled_in_has_nothing_that_nobody_wrote() {
    replay("templates", &[], MUTATIONS);
}

#[test]
fn the_parts_of_a_text_are_those_of_a_plain_count() {
    replay("texts", &[], FEWER);
}

#[test]
fn what_settings_say_of_times_is_read_as_it_is_written() {
    replay("times", &[], MUTATIONS);
}

#[test]
fn one_bad_item_of_a_webhook_costs_no_good_one() {
    replay("webhooks", &official("\n"), MUTATIONS);
}

#[test]
fn a_workbook_is_read_to_its_end_or_refused() {
    replay("xlsx", &[], MUTATIONS);
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let mut folders: Vec<String> = entries(Path::new("fuzz/corpus")).map(|path| name(&path)).collect();
    folders.sort();
    assert_eq!(folders, targets::ALL.map(|target| target.name.to_owned()));
}

/// Feeds a target with its corpus, with more that it is handed, and with what a seed makes of both.
fn replay(target: &str, more: &[Vec<u8>], mutations: u64) {
    let run = targets::find(target).unwrap().run;
    let kept: Vec<_> = entries(&Path::new("fuzz/corpus").join(target)).collect();
    assert!(!kept.is_empty(), "{target} has a corpus");
    let mut inputs = Vec::new();
    for path in &kept {
        let input = fs::read(path).unwrap();
        tried(run, &input, &name(path));
        inputs.push(input);
    }
    for input in more {
        tried(run, input, "an official body");
        inputs.push(input.clone());
    }
    let (seed, mutations) = (asked("LYKT_SEED", SEED), asked("LYKT_MUTATIONS", mutations));
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for n in 0..mutations {
        tried(run, &dice.mutated(&inputs), &format!("mutation {n} of seed {seed}"));
    }
    say(&format!("fuzz: {target}: {} corpus, {} official, {mutations} mutations, seed {seed}", kept.len(), more.len()));
}

fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn tried(run: fn(&[u8]), input: &[u8], name: &str) {
    if let Err(fault) = catch_unwind(AssertUnwindSafe(|| run(input))) {
        eprintln!("fuzz: {name} breaks it: b\"{}\"", input.escape_ascii());
        resume_unwind(fault);
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all.into_iter()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// The bodies that providers have published, each for the provider it is of; none where `LYKT_SPECS` is not set.
fn official(between: &str) -> Vec<Vec<u8>> {
    let Some(folder) = std::env::var_os("LYKT_SPECS") else {
        say("LEFT OUT: official bodies: set LYKT_SPECS to the folder with the official specifications");
        return Vec::new();
    };
    let read = |path: &Path| -> serde_json::Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let body = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut all = Vec::new();
    for payload in read(&Path::new(&folder).join("provider_payloads.json"))["payloads"].as_array().unwrap() {
        let provider = match payload["provider"].as_str().unwrap() {
            "46elks" => "d",
            "android-sms-gateway" => "e",
            "link" => "g",
            "puzzel" => "h",
            "sveve" => "j",
            "vonage" => "k",
            other => panic!("{other}"),
        };
        all.push(format!("{provider}{between}{}", body(&payload["body"])).into_bytes());
        all.push(format!("{provider}{}\n", body(&payload["body"])).into_bytes());
    }
    for path in entries(&Path::new(&folder).join("whatsapp_webhooks")).filter(|path| name(path).ends_with(".json")) {
        all.push(format!("c{between}{}", String::from_utf8_lossy(&fs::read(path).unwrap())).into_bytes());
    }
    all
}

/// Draws what is done to an input. The same seed draws the same.
struct Dice(u64);

impl Dice {
    /// A number below `many`.
    fn below(&mut self, many: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % many.max(1) as u64).unwrap()
    }

    fn mutated(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut input = inputs[self.below(inputs.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(input.len() + 1);
            let end = at + self.below((input.len() - at).min(64) + 1);
            match self.below(8) {
                0 => drop(input.drain(at..end)),
                1 => input.truncate(at),
                2 => input.insert(at, u8::try_from(self.below(256)).unwrap()),
                3 => drop(input.splice(at..at, NASTY[self.below(NASTY.len())].iter().copied())),
                4 => {
                    let piece = input[at..end].to_vec();
                    drop(input.splice(at..at, piece.repeat(1 + self.below(9))));
                }
                5 => {
                    let other = &inputs[self.below(inputs.len())];
                    let from = self.below(other.len() + 1);
                    let to = from + self.below((other.len() - from).min(200) + 1);
                    drop(input.splice(at..end, other[from..to].iter().copied()));
                }
                _ if at < input.len() => input[at] ^= 1 << self.below(8),
                _ => {}
            }
        }
        input.truncate(LONGEST);
        input
    }
}
