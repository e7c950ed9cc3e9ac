//! Which points are taken, and which of its faults each of them meets: by a seed, or all.

use std::fmt;

use lykt::fake_gateway::scramble;

/// In CI one point of so many is taken: each run starts the program twice.
const ONE_OF: u64 = 8;

/// A choice of points.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    one_of: u64,
    /// None when each point meets every fault.
    seed: Option<u64>,
}

impl Choice {
    /// `LYKT_POINTS`: one of so many, each with one of its faults, or `all` of them with every fault. `LYKT_SEED`: which.
    pub fn said() -> Self {
        let points = std::env::var("LYKT_POINTS").ok();
        if points.as_deref() == Some("all") {
            return Self { one_of: 1, seed: None };
        }
        let one_of = points.map_or(ONE_OF, |said| said.parse().expect("LYKT_POINTS is a number, or `all`"));
        let drawn = || {
            let mut seed = [0; 2];
            getrandom::fill(&mut seed).unwrap();
            u64::from(u16::from_le_bytes(seed))
        };
        let seed =
            std::env::var("LYKT_SEED").ok().map_or_else(drawn, |said| said.parse().expect("LYKT_SEED is a number"));
        Self { one_of, seed: Some(seed) }
    }

    /// Whether a point is taken.
    pub fn takes(self, at: u64) -> bool {
        self.seed.is_none_or(|seed| (at + seed).is_multiple_of(self.one_of))
    }

    /// The faults that a point of a class meets, of those it can meet.
    pub fn of<T>(self, class: u64, at: u64, kinds: &[T]) -> &[T] {
        self.seed.map_or(kinds, |seed| {
            let turn = (scramble(seed, class) + at / self.one_of) as usize % kinds.len();
            &kinds[turn..=turn]
        })
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.seed {
            None => f.write_str("every fault at each"),
            Some(seed) => write!(f, "one fault at one point of {} by LYKT_SEED={seed}", self.one_of),
        }
    }
}
