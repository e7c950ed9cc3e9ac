//! A message as a text: how long it is, against a plain count; what the linter says of it; and what is left of it that a
//! terminal or a page would obey.

use lykt::campaign::lint::{self, lint, readability};
use lykt::domain::inert::inert;
use lykt::domain::parts::{Encoding, costly, parts, split};
use lykt::gateway::listing::is_same_text;

/// 3GPP TS 23.038: the basic table, and what costs two.
const ONE: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§\
                   ¿abcdefghijklmnopqrstuvwxyzäöñüà";
const TWO: &str = "\u{c}^{}\\[~]|€";

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    count(&text);
    let safe = inert(&text);
    assert_eq!(inert(&safe), safe);
    assert!(
        safe.len() <= text.len() && !safe.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))
    );
    assert!(is_same_text(&text, &text), "a text is not itself");
    assert_eq!(lykt::ledger::health::reads_like_record(&text), lykt::ledger::health::reads_like_record(&text));
    if text.len() > 4_000 {
        return;
    }
    let house = lint::House::default();
    for language in [None, Some("nb"), Some("th")] {
        for finding in lint(&text, language, &house) {
            let at = finding.at.clone();
            assert!(text.get(at).is_some(), "{}: stands in no place of the text", finding.code);
            assert!(!finding.text.en.is_empty() && finding.text.en.len() + finding.help.en.len() < 20_000);
        }
    }
    let _ = readability(&text);
}

fn count(text: &str) {
    let is_plain = text.chars().all(|c| ONE.contains(c) || TWO.contains(c));
    let units = match is_plain {
        true => text.chars().map(|c| 1 + usize::from(TWO.contains(c))).sum(),
        false => text.encode_utf16().count(),
    };
    let counted = parts(text);
    let (encoding, alone, each) = if is_plain { (Encoding::Gsm7, 160, 153) } else { (Encoding::Ucs2, 70, 67) };
    assert_eq!((counted.encoding, counted.units), (encoding, units));
    let pieces = split(text);
    assert_eq!((pieces.concat().as_str(), pieces.len()), (text, counted.parts));
    assert_eq!(counted.parts == 1, units <= alone, "{units} units in {} parts", counted.parts);
    if counted.parts > 1 {
        assert!(pieces.iter().all(|piece| (1..=each).contains(&encoding.units(piece))), "a part is too long, or empty");
        // As many as must be, and where every character is one unit not one more.
        assert!(counted.parts >= units.div_ceil(each));
        if text.is_ascii() && is_plain && units == text.len() && !text.contains("\r\n") {
            assert_eq!(counted.parts, units.div_ceil(each));
        }
    }
    assert_eq!(costly(text).is_empty(), is_plain, "what costs is named, and nothing else");
}
