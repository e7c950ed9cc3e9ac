//! The switch of all mutants: stands in the copy of the crate as `mutant`, and says which of them is on.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Whether this mutant is on.
pub fn is(n: u32) -> bool {
    static ON: OnceLock<u32> = OnceLock::new();
    let on = *ON.get_or_init(|| std::env::var("LYKT_MUTANT").ok().and_then(|n| n.parse().ok()).unwrap_or(0));
    if on == 0 {
        note(n);
    }
    on == n
}

/// Notes which test came by; the test runner names a thread for its test.
fn note(n: u32) {
    static SEEN: OnceLock<Option<Mutex<(File, HashSet<(u32, String)>)>>> = OnceLock::new();
    // Programs that a test starts write to the same file.
    let append = || File::options().create(true).append(true).open(std::env::var_os("LYKT_MUTANTS_SEEN")?).ok();
    let open = || Some(Mutex::new((append()?, HashSet::new())));
    let Some(seen) = SEEN.get_or_init(open) else { return };
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.1.insert((n, test.clone())) {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let _ = seen.0.write_all(format!("{n}\t{at}\t{test}\n").as_bytes());
    }
}
