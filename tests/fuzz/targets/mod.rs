//! What is fed with bytes: one function for each kind of thing that comes from outside.
//!
//! None may panic, whatever the bytes, and each says more than that where there is something to say: what is normal stays as
//! it is, one bad item costs no good one, a signature that is taken is the right one.

mod addresses;
mod answers;
mod beside;
mod campaign;
mod forms;
mod lists;
mod providers;
mod reference;
mod replies;
mod scratch;
mod settings;
mod signatures;
mod templates;
mod texts;
mod webhooks;

/// A kind of thing that comes from outside.
pub struct Target {
    /// Its name, and that of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Takes one input; panics when something is wrong.
    pub run: fn(&[u8]),
}

/// All of them.
pub const ALL: [Target; 15] = [
    Target { name: "addresses", run: addresses::run },
    Target { name: "answers", run: answers::run },
    Target { name: "beside", run: beside::run },
    Target { name: "campaign", run: campaign::run },
    Target { name: "csv", run: lists::text },
    Target { name: "forms", run: forms::run },
    Target { name: "provider_file", run: providers::file },
    Target { name: "replies", run: replies::run },
    Target { name: "settings", run: settings::run },
    Target { name: "signatures", run: signatures::run },
    Target { name: "templates", run: templates::run },
    Target { name: "texts", run: texts::run },
    Target { name: "times", run: forms::times },
    Target { name: "webhooks", run: webhooks::run },
    Target { name: "xlsx", run: lists::workbook },
];

/// The target of this name.
pub fn find(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

/// The first line of an input, and the rest.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}
