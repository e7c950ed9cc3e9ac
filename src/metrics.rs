//! What the daemon counts of itself since its start, for the operator's monitoring (OpenMetrics).
//!
//! A label is a word of the program itself (`&'static str`), so that nothing of a person, a campaign or an account can
//! stand in one. What lies in the database is counted there when it is asked for, and written by the same hand.

use std::fmt::Error;
use std::sync::LazyLock;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The media type of what [`write()`] writes.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds in which an answer is counted as given; 0.1 is what a page may take.
const SECONDS: [f64; 7] = [0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 5.0];

#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
struct Verdict {
    verdict: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
struct End {
    end: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
struct Name {
    name: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
struct Class {
    status: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
struct State {
    state: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Hash, PartialEq, Eq)]
struct Version {
    version: &'static str,
}

/// What the whole process has counted since its start.
struct Counted {
    registry: Registry,
    sends: Family<Verdict, Counter>,
    webhooks: Family<End, Counter>,
    failures: Family<Name, Counter>,
    answers: Family<Class, Counter>,
    seconds: Histogram,
}

static COUNTED: LazyLock<Counted> = LazyLock::new(|| {
    let mut counted = Counted {
        registry: Registry::with_prefix("lykt"),
        sends: Family::default(),
        webhooks: Family::default(),
        failures: Family::default(),
        answers: Family::default(),
        seconds: Histogram::new(SECONDS),
    };
    let registry = &mut counted.registry;
    registry.register("sends", "Tries to send, by how they ended", counted.sends.clone());
    registry.register("webhooks", "Webhooks, by what became of them", counted.webhooks.clone());
    registry.register("loop_failures", "Rounds of a loop that failed", counted.failures.clone());
    registry.register("answers", "Pages and answers of the API, by status", counted.answers.clone());
    registry.register_with_unit("answer", "Time to answer", Unit::Seconds, counted.seconds.clone());
    let build = Family::<Version, Gauge>::default();
    build.get_or_create(&Version { version: env!("CARGO_PKG_VERSION") }).set(1);
    registry.register("build", "The version that runs", build);
    counted
});

/// A try to send ended with this verdict.
pub fn sent(verdict: &'static str) {
    COUNTED.sends.get_or_create(&Verdict { verdict }).inc();
}

/// A webhook ended so: `kept`, `refused` or `away`.
pub fn webhook(end: &'static str) {
    COUNTED.webhooks.get_or_create(&End { end }).inc();
}

/// A round of a loop failed.
pub fn failed(name: &'static str) {
    COUNTED.failures.get_or_create(&Name { name }).inc();
}

/// A page, or an answer of the API, was given with this HTTP status after this time.
pub fn answered(status: u16, after: Duration) {
    let status = match status {
        100..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    COUNTED.answers.get_or_create(&Class { status }).inc();
    COUNTED.seconds.observe(after.as_secs_f64());
}

/// What is counted in the database at this moment.
pub struct Standing(Registry);

impl Default for Standing {
    fn default() -> Self {
        Self(Registry::with_prefix("lykt"))
    }
}

impl Standing {
    /// One figure.
    pub fn one(&mut self, name: &'static str, help: &'static str, n: i64) {
        let gauge = Gauge::<i64>::default();
        gauge.set(n);
        self.0.register(name, help, gauge);
    }

    /// A figure for each state.
    pub fn by_state(
        &mut self,
        name: &'static str,
        help: &'static str,
        counts: impl IntoIterator<Item = (&'static str, i64)>,
    ) {
        let family = Family::<State, Gauge>::default();
        for (state, n) in counts {
            family.get_or_create(&State { state }).set(n);
        }
        self.0.register(name, help, family);
    }
}

/// Everything in OpenMetrics' text form: what was counted since the start, and what stands now.
///
/// # Errors
/// None in practice: it writes to memory.
pub fn write(standing: &Standing) -> Result<String, Error> {
    let mut out = String::new();
    text::encode_registry(&mut out, &COUNTED.registry)?;
    text::encode_registry(&mut out, &standing.0)?;
    text::encode_eof(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_written_with_what_stands() {
        sent("accepted");
        webhook("kept");
        answered(404, Duration::from_millis(12));
        let mut standing = Standing::default();
        standing.one("replies_unread", "Answers that nobody has read", 3);
        standing.by_state("messages", "Messages that are not over", [("queued", 5), ("in_doubt", 0)]);
        let text = write(&standing).unwrap();
        for line in [
            "lykt_replies_unread 3",
            "lykt_messages{state=\"queued\"} 5",
            "lykt_messages{state=\"in_doubt\"} 0",
            "lykt_answer_seconds_bucket{le=\"0.1\"}",
            "lykt_build{version=",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"), "{text}");
    }
}
