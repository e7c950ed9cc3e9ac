//! Chance with a seed that is printed.

use lykt::fake_gateway::scramble;

/// Dice that fall alike with the same seed.
pub struct Dice {
    pub seed: u64,
    thrown: u64,
}

impl Dice {
    /// The seed of `LYKT_SEED`, else one of this moment.
    pub fn new() -> Self {
        let drawn = || {
            let mut seed = [0; 4];
            getrandom::fill(&mut seed).unwrap();
            u64::from(u32::from_le_bytes(seed))
        };
        Self { seed: number("LYKT_SEED").unwrap_or_else(drawn), thrown: 0 }
    }

    /// A number below this one.
    pub fn below(&mut self, below: u64) -> u64 {
        self.thrown += 1;
        scramble(self.seed, self.thrown) % below
    }

    /// Whether it happens, once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// How many cycles a loop has.
pub fn cycles(usual: u64) -> u64 {
    number("LYKT_CYCLES").unwrap_or(usual)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|said| said.parse().unwrap_or_else(|_| panic!("{name}={said} is no number")))
}
