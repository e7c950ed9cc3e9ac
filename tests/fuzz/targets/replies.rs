//! What a reply means: the same each time, whatever space stands around it, and a plain no is one whatever follows it below.

use lykt::domain::reply::ReplyKind;
use lykt::inbox::kind::classify;

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let reading = classify(&text);
    assert!(reading == classify(&text), "a reply means something else the second time");
    assert!(reading.phrase.as_ref().is_none_or(|phrase| !phrase.is_empty() && phrase.len() < 400));
    // Of a long text the beginning and the end are read, and space moves them.
    let short = text.chars().count() < 2_000;
    for around in [format!(" {text}\n"), format!("\u{200b}\u{202d}{text}\u{202c}")] {
        assert!(!short || classify(&around).kind == reading.kind, "space makes another answer of a reply");
    }
    // Signs and space alone do not take a no back.
    if text.len() < 1_000 && text.chars().all(|c| c.is_whitespace() || ".,!-_*~\"'".contains(c)) {
        assert!(classify(&format!("STOP{text}")).kind == ReplyKind::OptOut, "a no is not heard");
    }
}
