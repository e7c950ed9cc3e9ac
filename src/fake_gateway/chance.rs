//! Chance without randomness: the same numbers give the same in every run.

/// An id that nobody guesses and that is the same in every run.
pub(super) fn sid(number: u64, salt: &str) -> String {
    let salt = salt
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{:016x}{:016x}", scramble(salt, number), scramble(number, salt))
}

/// A fixed mixing of two numbers (splitmix64): chance without randomness.
pub fn scramble(seed: u64, number: u64) -> u64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(number).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
