//! When lists are asked: written down in `docs/operating.md` too. Pure; reads no clock.

use crate::domain::span::{DAY_MS, HOUR_MS, MINUTE_MS};

/// A doubt is looked for at these ages; then each hour, until it is given up after a day.
const AGES: [i64; 6] = [MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS];
/// The age at which a doubt is first looked for.
pub(super) const FIRST_LOOK_MS: i64 = AGES[0];
/// Between two looks at an account's list.
pub(super) const APART_MS: i64 = 30_000;
/// A message of which nothing was heard for so long has its receipt fetched.
pub(super) const UNHEARD_MS: i64 = 3 * MINUTE_MS;
/// And no longer than this; the provider has given it up long before.
pub(super) const UNHEARD_NO_MORE_MS: i64 = DAY_MS;
/// Between two fetches of receipts.
pub(super) const RECEIPTS_MS: i64 = 8 * MINUTE_MS;

/// The age at which a doubt of this age is looked for next.
pub(super) fn next_look(age_ms: i64) -> i64 {
    AGES.into_iter().find(|next| *next > age_ms).unwrap_or_else(|| (age_ms / HOUR_MS + 1) * HOUR_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_is_looked_for_often_at_first_and_then_each_hour() {
        let mut age = 0;
        let looks: Vec<i64> = (0..9)
            .map(|_| {
                age = next_look(age);
                age / MINUTE_MS
            })
            .collect();
        assert_eq!(looks, [1, 2, 5, 15, 30, 60, 120, 180, 240]);
        assert_eq!(
            next_look(200 * MINUTE_MS),
            240 * MINUTE_MS,
            "after three hours away, the next is the next full one"
        );
    }
}
