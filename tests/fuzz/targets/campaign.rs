//! A campaign file: every mistake stands in it, and a campaign without mistakes is the same after it was stored.

use lykt::campaign::file::{self, AccountFacts, Definition, Pictures};
use lykt::campaign::{difference, lint};
use lykt::domain::channel::Channel;

use super::scratch;

const LIST: &str = "telefon;kallenavn;side;språk;sted;navn\n070-1740605;anna;instagram;nb;Oslo;Anna\n\
                    070-1740606;bo;snapchat;en;Bærum;Bo\n";

pub fn run(data: &[u8]) {
    scratch::once("lists/a.csv", LIST.as_bytes());
    scratch::once("media/a.png", b"\x89PNG\r\n\x1a\n");
    let path = scratch::file("a.toml", data);
    let account = |name: &str, channel| AccountFacts {
        name: name.to_owned(),
        channels: vec![channel],
        takes_replies: channel == Channel::Sms,
        pictures: Pictures::Shown,
        template_ids: false,
    };
    let accounts = [account("a", Channel::Sms), account("w", Channel::WhatsApp)];
    let languages = ["nb".to_owned(), "en".to_owned()];
    let mut checked = file::check(&path, &scratch::folder(), None, Some(&accounts), &languages);
    file::lint(&mut checked, &lint::House::default());
    assert_eq!(checked.definition.is_none(), checked.errors() > 0, "a campaign with mistakes, or one without a reason");
    let lines = checked.source.matches('\n').count() + 1;
    for mistake in &checked.mistakes {
        let span = &mistake.span;
        assert!(span.start <= span.end && span.end <= checked.source.len(), "{}: outside the file", mistake.code);
        assert!(checked.position(mistake).0 <= lines, "{}: behind the last line", mistake.code);
        assert!(mistake.text.en.len() + mistake.help.en.len() < 20_000, "{}: longer than anybody reads", mistake.code);
    }
    let Some(definition) = checked.definition else { return };
    let stored = serde_json::to_string(&definition).expect("a campaign can be stored");
    let again: Definition = serde_json::from_str(&stored).expect("what was stored can be read");
    assert!(again == definition, "a campaign changed while it was stored");
    assert!(difference::between(&definition, &again).is_empty(), "a campaign differs from itself");
    assert_eq!(serde_json::to_string(&again).ok(), Some(stored));
}
