//! The way in for libFuzzer: `LYKT_FUZZ` names the target that it feeds.
#![no_main]

mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static RUN: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = std::env::var("LYKT_FUZZ").unwrap_or_default();
    let known: Vec<&str> = targets::ALL.iter().map(|target| target.name).collect();
    targets::find(&name).unwrap_or_else(|| panic!("LYKT_FUZZ must be one of {}", known.join(", "))).run
});

fuzz_target!(|data: &[u8]| RUN(data));
