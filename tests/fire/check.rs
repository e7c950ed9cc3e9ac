//! The checker: what the gateway took against what the program says of itself, by its own commands.

use std::collections::BTreeMap;
use std::time::Duration;

use lykt::fake_gateway::{Accept, FaultGateway, Faults, Word};

use crate::fire::house::{House, UNDER_WAY, wait_or};
use crate::fire::people::{Answers, now_ms, number};

/// A send whose intent was committed before a no may still leave within this time (DESIGN).
const STILL_MS: i64 = 1_000;
/// What lies between a byte that leaves and its note in the gateway on a machine that is all in use.
const MACHINE_MS: i64 = 1_000;
/// What is unclear must be shown within this time.
const SHOWN_WITHIN: Duration = Duration::from_secs(300);
/// As many answers, and doubts, are read before somebody looks again.
const AT_ONCE: usize = 50;
/// States of a message that went out.
const WENT_OUT: [&str; 5] = ["accepted", "sent", "delivered", "read", "undelivered"];

/// What was done to the program.
pub struct Fire {
    pub what: &'static str,
    pub seed: u64,
    pub cycles: u64,
    /// How often a node was stopped or killed, or could not settle what it had under way.
    pub blows: u64,
    pub people: usize,
    pub noes: Answers,
    pub others: Answers,
}

/// Waits until everything has been shown as what it is, and checks every promise; prints the figures.
pub fn check(house: &House, gateway: &FaultGateway, fire: &Fire) {
    gateway.set_faults(Faults::default());
    let explain = || format!("seed {}\n{}", fire.seed, house.explain());
    let shown = wait_or(SHOWN_WITHIN, "nothing is under way any more", explain, || house.states()["submitting"] == 0);
    // Who answered is held, until a person has read it.
    let read_ms = now_ms();
    wait_or(SHOWN_WITHIN, "every doubt is listed", explain, || {
        let listed = house.json(&["doubt", "list"]).as_array().unwrap().len() as i64;
        listed == house.states()["in_doubt"] || listed == 1_000
    });
    // An answer or a doubt holds what else waits for that person, so somebody reads and decides each. What came at the
    // very end may be shown only while this goes on. Each takes a command, so a busy machine needs long for all.
    let (explain, mut left) = (|| format!("seed {}\n{}", fire.seed, house.explain()), usize::MAX);
    while left > 0 {
        wait_or(SHOWN_WITHIN, "the queue gets shorter", explain, || {
            let (before, states) = (left, house.states());
            let replies = house.json(&["inbox", "list"]);
            let doubts = house.json(&["doubt", "list"]);
            let (replies, doubts) = (replies.as_array().unwrap(), doubts.as_array().unwrap());
            let waiting = usize::try_from(states["queued"] + states["submitting"]).unwrap();
            left = if waiting + replies.len() == 0 { 0 } else { waiting + replies.len() + doubts.len() };
            for reply in replies.iter().take(left.min(AT_ONCE)) {
                house.lykt(&["inbox", "read", reply["id"].as_str().unwrap(), "--as", "Kari"]);
            }
            for doubt in doubts.iter().take(left.min(AT_ONCE)) {
                let id = doubt["id"].as_str().unwrap();
                house.lykt(&["doubt", "abandon", id, "--as", "Kari", "--reason", "nobody will know"]);
            }
            left < before
        });
    }

    let accepts = gateway.accepts();
    let mut by_person = BTreeMap::<String, usize>::new();
    for accept in &accepts {
        *by_person.entry(person(accept)).or_default() += 1;
    }
    let twice: Vec<_> = by_person.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "somebody got it twice: {twice:?}; seed {}\n{}", fire.seed, house.log());

    let (mut planned, mut doubts, mut lost) = (0, 0, 0);
    for name in &house.campaigns {
        let status = house.json(&["status", name]);
        let of = |state: &str| status["messages"][state].as_i64().unwrap();
        let all: i64 = status["messages"].as_object().unwrap().values().map(|n| n.as_i64().unwrap()).sum();
        assert_eq!(status["planned"].as_i64(), Some(all), "the states add up: {status}");
        let took = accepts.iter().filter(|accept| is_of(accept, name)).count() as i64;
        let (out, unclear) = (WENT_OUT.iter().map(|state| of(state)).sum::<i64>(), of("in_doubt") + of("abandoned"));
        assert!(out <= took, "{name} is said to have sent {out}, and the gateway took {took}: {status}");
        assert!(took <= out + unclear, "{name}: the gateway took {took}, and nobody knows of some: {status}");
        (planned, doubts, lost) = (planned + all, doubts + unclear, lost + (took - out - unclear).max(0));
    }
    let faults: usize = gateway.met().iter().filter(|(met, _)| leaves_doubt(met)).map(|(_, n)| *n).sum();
    let most = faults as u64 + fire.blows * UNDER_WAY as u64;
    assert!(doubts as u64 <= most, "{doubts} doubts, and {most} tries were cut off");

    let mut closest = i64::MIN;
    for (answers, until, what) in
        [(&fire.noes, i64::MAX, "a no"), (&fire.others, read_ms, "an answer that nobody had read")]
    {
        for accept in accepts.iter().filter(|accept| accept.came_ms < until) {
            let Some(told) = answers.get(&person(accept)) else { continue };
            closest = closest.max(accept.came_ms - told);
            let after = accept.came_ms - told;
            assert!(after <= STILL_MS + MACHINE_MS, "a send began {after} ms after {what}; seed {}", fire.seed);
        }
    }

    let everybody: Vec<String> = (0..fire.people).map(number).collect();
    let decisions = house.decisions(&everybody);
    let mut unproven = 0;
    for person in &everybody {
        let decision = decisions[person].as_str();
        let right = match (fire.noes.contains_key(person), by_person.contains_key(person)) {
            (true, _) => decision == "opted_out",
            (false, true) => decision == "cooldown",
            (false, false) => ["eligible", "in_doubt", "cooldown"].contains(&decision),
        };
        assert!(right, "{person} is {decision}; accepted {:?}; seed {}", by_person.get(person), fire.seed);
        unproven += i64::from(!by_person.contains_key(person) && decision == "cooldown");
    }
    assert!(unproven <= doubts, "{unproven} people count as contacted and got nothing, of {doubts} doubts");
    let (forged, fooled) = gateway.forged();
    assert_eq!(fooled, 0, "of {forged} forged callbacks, some were not refused");
    crate::fire::say(&format!(
        "{}: {} cycles, seed {}: {planned} planned, {} accepts, 0 twice, {lost} lost, {doubts} in doubt of {most} that could be, \
         shown in {} ms; {} noes, {} other answers, the last send {closest} ms after one; {forged} forged callbacks refused; faults {:?}",
        fire.what,
        fire.cycles,
        fire.seed,
        accepts.len(),
        shown.as_millis(),
        fire.noes.len(),
        fire.others.len(),
        gateway.met(),
    ));
}

/// The number: WhatsApp writes it without its plus.
fn person(accept: &Accept) -> String {
    format!("+{}", accept.to.trim_start_matches('+'))
}

/// Whether it is of this campaign: the text ends with its name, and the template has it.
fn is_of(accept: &Accept, campaign: &str) -> bool {
    let template = || accept.fields.get("document").is_some_and(|it| it.contains(&format!("\"{campaign}\"")));
    accept.body.ends_with(&format!("({campaign})")) || (accept.body.is_empty() && template())
}

fn leaves_doubt(met: &str) -> bool {
    let all: BTreeMap<_, _> = Word::all().into_iter().collect();
    matches!(all.get(met), Some(Word::Send(fault)) if fault.leaves_doubt())
}
