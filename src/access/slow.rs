//! Slows down whoever tries passwords, and never the person whose password it is.
//!
//! A browser that signed the user in before has a budget of its own, which nobody else can use up. Every other address
//! has one for each name, and one over all names. When many addresses try one name, each has a single quick attempt
//! left; that one is enough for the person who knows the password. An attempt counts when it begins, so that a hundred
//! at once are no way around; success takes it back.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use crate::domain::span::{HOUR_MS, MINUTE_MS};

/// Failures before an address, or a known browser, must wait between attempts at one name.
const FREE: u32 = 5;
/// The same when many addresses try that name.
const FREE_WHEN_MANY: u32 = 1;
/// Failures at one name, from anywhere, that mean many.
const MANY: u32 = 50;
/// Failures before an address must wait, over all names.
const FREE_ADDRESS: u32 = 30;
/// One failure is forgotten in so many milliseconds.
const FORGET_MS: i64 = MINUTE_MS;
/// The longest wait between two attempts.
const LONGEST_MS: i64 = 30_000;
/// How many were refused is told so often: whoever tries must not fill what it is told to.
const TELL_MS: i64 = HOUR_MS;
/// What is counted at most; the oldest gives way.
const MOST: usize = 10_000;

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Device(String, [u8; 32]),
    Here(String, Option<IpAddr>),
    Name(String),
    Address(Option<IpAddr>),
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    at: i64,
    /// Which attempt it was last, of all.
    nth: u64,
}

/// What is counted, in memory alone.
#[derive(Default)]
pub(super) struct Slow {
    counts: HashMap<Key, Count>,
    nth: u64,
    refused: i64,
    told_at: Option<i64>,
}

/// An attempt that was let through, and what it counts against.
pub(super) struct Counted(Vec<Key>);

impl Slow {
    /// Lets an attempt through and counts it, or says how many milliseconds it must wait. `device` is a browser that
    /// signed this name in before.
    pub(super) fn admit(
        &mut self,
        name: &str,
        device: Option<[u8; 32]>,
        from: Option<IpAddr>,
        now: i64,
    ) -> Result<Counted, i64> {
        let from = from.map(network);
        let (keys, wait) = match device {
            Some(device) => {
                let key = Key::Device(name.to_owned(), device);
                let wait = self.wait(&key, FREE, now);
                (vec![key], wait)
            }
            None => {
                let (here, everywhere, address) =
                    (Key::Here(name.to_owned(), from), Key::Name(name.to_owned()), Key::Address(from));
                let many = self.failures(&everywhere, now) >= MANY;
                let free = if many { FREE_WHEN_MANY } else { FREE };
                let wait = self.wait(&here, free, now).max(self.wait(&address, FREE_ADDRESS, now));
                (vec![here, everywhere, address], wait)
            }
        };
        if wait > 0 {
            return Err(wait);
        }
        for key in &keys {
            self.count(key.clone(), now);
        }
        Ok(Counted(keys))
    }

    /// Counts an attempt that was refused; how many there were since that was last told, when it is to be told again.
    pub(super) fn refuse(&mut self, now: i64) -> Option<i64> {
        self.refused += 1;
        if self.told_at.is_some_and(|at| now - at < TELL_MS) {
            return None;
        }
        self.told_at = Some(now);
        Some(std::mem::take(&mut self.refused))
    }

    /// Takes an attempt back: it was the person themselves.
    pub(super) fn forget(&mut self, counted: Counted) {
        for key in counted.0 {
            match key {
                Key::Device(..) | Key::Here(..) => drop(self.counts.remove(&key)),
                Key::Name(_) | Key::Address(_) => {
                    if let Some(count) = self.counts.get_mut(&key) {
                        count.failures = count.failures.saturating_sub(1);
                    }
                }
            }
        }
    }

    /// The failures that are not forgotten yet.
    fn failures(&self, key: &Key, now: i64) -> u32 {
        self.counts.get(key).map_or(0, |count| count.left(now))
    }

    fn wait(&self, key: &Key, free: u32, now: i64) -> i64 {
        let Some(count) = self.counts.get(key) else { return 0 };
        let Some(over) = count.left(now).checked_sub(free) else { return 0 };
        let pause = (1000_i64 << over.min(10)).min(LONGEST_MS);
        (count.at + pause - now).max(0)
    }

    fn count(&mut self, key: Key, now: i64) {
        if self.counts.len() >= MOST && !self.counts.contains_key(&key) {
            self.counts.retain(|_, count| count.left(now) > 0);
            let oldest = self.counts.iter().min_by_key(|(_, count)| count.nth).map(|(key, _)| key.clone());
            if let Some(oldest) = oldest.filter(|_| self.counts.len() >= MOST) {
                self.counts.remove(&oldest);
            }
        }
        let failures = self.failures(&key, now).saturating_add(1);
        // More than this would only take longer to forget.
        let most = match key {
            Key::Name(_) => 2 * MANY,
            Key::Address(_) => FREE_ADDRESS + 6,
            Key::Device(..) | Key::Here(..) => FREE + 6,
        };
        self.nth += 1;
        self.counts.insert(key, Count { failures: failures.min(most), at: now, nth: self.nth });
    }
}

impl Count {
    fn left(self, now: i64) -> u32 {
        let forgotten = u32::try_from((now - self.at).max(0) / FORGET_MS).unwrap_or(u32::MAX);
        self.failures.saturating_sub(forgotten)
    }
}

/// An address as one party has it: of the newer kind, a party has a whole network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        older @ IpAddr::V4(_) => older,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPRAY: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1)));
    const HOME: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7)));

    #[test]
    fn whoever_fails_waits_longer_each_time_and_half_a_minute_at_most() {
        let (mut slow, mut now, mut waits) = (Slow::default(), 0, Vec::new());
        for _ in 0..14 {
            if let Err(wait) = slow.admit("amanda", None, SPRAY, now) {
                waits.push(wait);
                now += wait;
                assert!(slow.admit("amanda", None, SPRAY, now).is_ok());
            }
        }
        assert_eq!(waits[..6], [1000, 2000, 4000, 8000, 16_000, 30_000]);
        assert!(waits.iter().all(|wait| *wait <= LONGEST_MS));
    }

    #[test]
    fn a_spray_from_one_address_closes_no_other_door() {
        let mut slow = Slow::default();
        let through = (0..10_000).filter(|_| slow.admit("amanda", None, SPRAY, 0).is_ok()).count();
        assert_eq!(through, 5);
        assert!(slow.admit("amanda", None, HOME, 0).is_ok());
        assert!(slow.admit("amanda", Some([1; 32]), SPRAY, 0).is_ok(), "a known browser, even at the same address");
    }

    #[test]
    fn when_many_addresses_try_one_name_a_new_one_still_has_its_attempt() {
        let mut slow = Slow::default();
        for n in 0..10_000_u32 {
            let from = Some(IpAddr::V4((0x0a00_0000 + n).into()));
            assert!(slow.admit("amanda", None, from, 0).is_ok());
            assert_eq!(slow.admit("amanda", None, from, 0).is_ok(), n < 25, "{n}");
        }
        assert!(slow.admit("amanda", None, HOME, 0).is_ok());
        assert!(slow.counts.len() <= MOST);
    }

    #[test]
    fn one_address_does_not_try_many_names() {
        let mut slow = Slow::default();
        let through = (0..1000).filter(|n| slow.admit(&format!("name {n}"), None, SPRAY, 0).is_ok()).count();
        assert_eq!(through, usize::try_from(FREE_ADDRESS).unwrap());
    }

    #[test]
    fn success_takes_the_failures_back() {
        let mut slow = Slow::default();
        for _ in 0..4 {
            assert!(slow.admit("amanda", None, HOME, 0).is_ok());
        }
        let counted = slow.admit("amanda", None, HOME, 0).ok().unwrap();
        slow.forget(counted);
        let through = (0..10).filter(|_| slow.admit("amanda", None, HOME, 0).is_ok()).count();
        assert_eq!(through, 5);
    }
}
