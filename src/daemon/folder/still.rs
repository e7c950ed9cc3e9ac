//! Whether something that somebody writes has come to rest. Steady time only.

/// How long something must be left alone, and how long it may be busy, in steady milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// At rest after this long without a change.
    pub quiet_ms: i64,
    /// Judged as it is after this long with changes.
    pub most_ms: i64,
}

/// What a look found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// As it was when it was judged.
    Judged,
    /// It has changed a moment ago.
    Moving,
    /// It has come to rest, and waits to be judged.
    Still,
    /// It does not come to rest, and waits to be judged all the same.
    Restless,
}

/// Follows one thing from look to look.
#[derive(Clone, Debug)]
pub(super) struct Watched<T> {
    /// What it was at the last look.
    pub now: T,
    since: i64,
    busy_since: i64,
    judged: bool,
}

impl<T: PartialEq> Watched<T> {
    /// Seen for the first time.
    pub(super) fn new(now: T, at: i64) -> Self {
        Self { now, since: at, busy_since: at, judged: false }
    }

    /// What it is at this look.
    pub(super) fn look(&mut self, now: T, at: i64, patience: Patience) -> Rest {
        if now != self.now {
            self.now = now;
            self.since = at;
            if std::mem::take(&mut self.judged) {
                self.busy_since = at;
            }
        }
        match () {
            () if self.judged => Rest::Judged,
            () if at - self.since >= patience.quiet_ms => Rest::Still,
            () if at - self.busy_since >= patience.most_ms => Rest::Restless,
            () => Rest::Moving,
        }
    }

    /// It was judged as it is.
    pub(super) fn judge(&mut self) {
        self.judged = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience { quiet_ms: 20, most_ms: 300 };

    #[test]
    fn what_is_left_alone_is_judged_once() {
        let mut watched = Watched::new('a', 0);
        assert_eq!(watched.look('a', 19, PATIENCE), Rest::Moving);
        assert_eq!(watched.look('b', 20, PATIENCE), Rest::Moving);
        assert_eq!(watched.look('b', 39, PATIENCE), Rest::Moving);
        assert_eq!(watched.look('b', 40, PATIENCE), Rest::Still);
        watched.judge();
        assert_eq!(watched.look('b', 400, PATIENCE), Rest::Judged);
        assert_eq!(watched.look('c', 401, PATIENCE), Rest::Moving);
    }

    #[test]
    fn what_never_rests_is_judged_all_the_same_now_and_then() {
        let mut watched = Watched::new(0, 0);
        let restless = (1..=60).filter(|n| {
            let rest = watched.look(*n, n * 10, PATIENCE);
            if rest == Rest::Restless {
                watched.judge();
            }
            rest == Rest::Restless
        });
        assert_eq!(restless.collect::<Vec<_>>(), [30]);
    }
}
