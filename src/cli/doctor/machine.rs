//! The machine: open files, and how the terminal writes.

use rustix::process::{Resource, getrlimit};

use super::finding::Findings;
use crate::cli::glyph::{is_utf8, spoken_charset};
use crate::text;

/// Fewer open files than this, and webhooks and sends get in each other's way.
const FILES: u64 = 1024;

/// Looks at the machine.
pub(super) fn look(found: &mut Findings) {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    if files < FILES {
        found.warning(
            "open_files",
            text!("only {files} files may be open at a time", "bare {files} filer kan være åpne samtidig"),
            text!(
                "set LimitNOFILE=8192 in the service, or run `ulimit -n 8192` first",
                "sett LimitNOFILE=8192 i tjenesten, eller kjør `ulimit -n 8192` først"
            ),
        );
    } else {
        found.ok("open_files", text!("enough files may be open at a time", "nok filer kan være åpne samtidig"));
    }
    if let Some(charset) = spoken_charset().filter(|charset| !is_utf8(charset)) {
        found.warning(
            "locale",
            text!("the terminal's locale is {charset}, not UTF-8", "terminalens språkoppsett er {charset}, ikke UTF-8"),
            text!(
                "set LANG to one that ends in UTF-8, or names and answers are hard to read",
                "sett LANG til et som slutter på UTF-8, ellers blir navn og svar vanskelige å lese"
            ),
        );
    }
}
