//! What a check says of a whole file, right or wrong.

pub(super) mod folder;
mod lines;

use std::fs;
use std::path::Path;

use jiff::civil::date;
use proptest::prelude::*;

use self::folder::{Folder, VALID, account, change, found};
use super::*;

#[test]
fn a_picture_that_people_would_not_see_is_told() {
    for (pictures, wanted) in [
        (Pictures::Shown, None),
        (Pictures::Linked, Some(("image_as_link", Severity::Warning))),
        (Pictures::Refused, Some(("no_pictures", Severity::Error))),
    ] {
        let account = AccountFacts { pictures, ..account("oslo", true) };
        let checked = Folder::new().check_named("vinter.toml", VALID.as_bytes(), Some(&[account]));
        let told = checked.mistakes.iter().map(|mistake| (mistake.code, mistake.severity)).collect::<Vec<_>>();
        assert_eq!(told, wanted.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn a_file_without_mistakes_becomes_a_definition_that_survives_json() {
    let checked = Folder::new().check(VALID);
    assert_eq!(found(&checked), []);
    let campaign = checked.definition.unwrap();
    assert_eq!((campaign.name.as_str(), campaign.account.as_str()), ("vinter", "oslo"));
    assert_eq!((campaign.starts, campaign.ends), (date(2026, 12, 1), date(2027, 1, 31)));
    assert_eq!((campaign.variants[0].weight, campaign.variants[0].texts.len()), (2, 2));
    assert_eq!(campaign.follow_ups[0].unless, [Unless::Replied, Unless::Visited]);
    assert_eq!(campaign.rate.to_string(), "20/min");
    assert_eq!((checked.file_hash.len(), checked.list_hash.len()), (64, 64));
    assert_eq!(campaign.image.as_ref().unwrap().hash.len(), 64);
    let json = serde_json::to_string(&campaign).unwrap();
    assert_eq!(serde_json::from_str::<Definition>(&json).unwrap(), campaign);
    let shown = format!("{campaign:?} {:?} {:?}", campaign.variants, campaign.follow_ups);
    assert!(!shown.contains("Amanda") && !shown.contains("STOP") && !shown.contains("snakke"), "{shown}");
}

#[test]
fn the_example_has_no_mistakes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    let languages = ["nb".to_owned(), "en".to_owned()];
    let checked = check(&folder.join("vinter.toml"), &folder, Some(date(2026, 11, 24)), None, &languages);
    assert_eq!(found(&checked), []);
    assert_eq!(checked.definition.unwrap().variants.len(), 2);
}

#[test]
fn the_example_in_the_docs_has_no_mistakes() {
    let docs = include_str!("../../../docs/campaign-file.md");
    let example = docs.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("vinter.toml");
    fs::write(&path, example).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    assert_eq!(found(&check(&path, &folder, None, None, &[])), []);
    for key in schema::KEYS {
        assert!(docs.contains(key.name), "the docs do not explain {}", key.name);
    }
}

#[test]
fn all_mistakes_are_told_at_once_in_the_order_of_the_file() {
    let text = VALID
        .replace("title  = ", "tittel = ")
        .replace("ends   = 2027-01-31", "ends = 2026-02-30")
        .replace("sender   = \"Amanda\"", "sender : \"Amanda\"")
        .replace("weight = 2", "weight = 0")
        .replace("rate = \"20/min\"", "rate = 20/min")
        .replace("kind = \"call\"", "kind = \"sms\"");
    let codes =
        [("unknown_key", 1), ("bad_date", 5), ("syntax", 15), ("bad_weight", 20), ("syntax", 29), ("bad_kind", 32)];
    assert_eq!(found(&Folder::new().check(&text)), codes);
}

#[test]
fn every_mistake_speaks_both_languages_and_says_what_to_do() {
    let folder = Folder::new();
    for (from, to) in
        [("title  = ", "tilte ="), ("\"oslo\"", "\"osl\""), ("{{ region }}", "{{ regoin }}"), ("sted\"", "stedd\"")]
    {
        let checked = folder.check(&change(from, to));
        assert!(checked.errors() > 0, "{to}");
        for mistake in &checked.mistakes {
            let Mistake { text, help, .. } = mistake;
            assert!(
                !text.en.is_empty() && !help.en.is_empty() && text.en != text.nb && help.en != help.nb,
                "{mistake:?}"
            );
        }
    }
    let help = |from: &str, to: &str| folder.check(&change(from, to)).mistakes[0].help.en.clone();
    assert!(help("\"oslo\"", "\"osl\"").contains("\"oslo\""));
    assert!(help("{{ region }}", "{{ regoin }}").contains("{{ region }}"));
    assert!(help("lists/oslo.csv", "lists/osol.csv").contains("lists/oslo.csv"));
    assert!(help("attempts = 2", "atempts = 2").contains("`attempts`"));
    assert!(help("goal   =", "sender = \"x\"\ngoal =").contains("[message]"));
}

#[test]
fn the_caret_stands_under_the_word_itself() {
    let folder = Folder::new();
    let under = |text: &str| {
        let checked = folder.check(text);
        checked.source[checked.mistakes[0].span.clone()].to_owned()
    };
    assert_eq!(under(&change("{{ region }}", "æ \\u00e6 {{ city }}")), "city");
    assert_eq!(under(&change("jeg heter {{ sender }}", "jeg «heter» {{ navn }}")), "navn");
    assert_eq!(under(&change("{{ region }}", "\\\"x\\\" {{ 1/0 }}")), "1/0");
    assert_eq!(under(&change("\"visited\"", "\"visitedd\"")), "\"visitedd\"");
}

#[test]
fn a_sender_that_takes_no_answers_needs_another_way_out() {
    let folder = Folder::new();
    let text = change("sms = \"oslo\"", "sms = \"name\"");
    assert_eq!(found(&folder.check(&text)), [("reply_only", 21), ("reply_only", 22)]);
    let linked = text
        .replace("STOPP for", "STOPP eller se lykten.example/stopp, lykten.no/s for")
        .replace("Reply STOP", "www.lykten.no");
    assert_eq!(found(&folder.check(&linked)), []);
    let unknown = folder.check_named("vinter.toml", text.as_bytes(), None);
    assert_eq!(found(&unknown), [], "without an installation nothing is said of accounts");
}

#[test]
fn an_account_that_cannot_send_the_message_is_refused() {
    let folder = Folder::new();
    let bytes = VALID.as_bytes();
    let mut silent = account("oslo", true);
    silent.channels.clear();
    assert_eq!(found(&folder.check_named("a.toml", bytes, Some(&[silent]))), [("gateway_channel", 14)]);
    assert_eq!(found(&folder.check_named("a.toml", bytes, Some(&[]))), [("unknown_gateway", 14)]);
}

#[test]
fn a_variant_in_a_foreign_language_alone_is_worth_a_warning() {
    let folder = Folder::new();
    let thai = change("text.nb = \"Hei!", "text.th = \"Hei!").replace("text.en", "text.ro");
    assert_eq!(found(&folder.check(&thai)), [("no_house_language", 18)]);
    let asked = thai.replace("[[message.variant]]", "require_language = true\n[[message.variant]]");
    assert_eq!(found(&folder.check(&asked)), []);
}

#[test]
fn a_section_that_is_missing_is_named() {
    let folder = Folder::new();
    let codes = |checked: Checked| found(&checked).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    let top = &VALID[..VALID.find("[targets]").unwrap()];
    assert_eq!(codes(folder.check(top)), ["missing_section", "missing_section", "missing_section"]);
    let all = codes(folder.check(""));
    assert_eq!(all.iter().filter(|code| **code == "missing_section").count(), 3, "{all:?}");
    assert!(all.contains(&"no_basis") && all.contains(&"missing_key"));
    let bare = change("[[message.variant]]", "[other]");
    assert!(codes(folder.check(&bare)).contains(&"no_variant"));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_no_list() {
    let checked = Folder::new().check(&change("lists/oslo.csv", "lists/link.csv"));
    assert_eq!(found(&checked), [("list_outside", 8)]);
}

#[test]
fn what_is_no_campaign_file_is_refused_at_once() {
    let folder = Folder::new();
    let code = |name: &str, bytes: &[u8]| found(&folder.check_named(name, bytes, None));
    let mut latin = VALID.as_bytes().to_vec();
    latin[VALID.find("200").unwrap()] = 0xe5;
    assert_eq!(code("a.toml", &latin), [("not_utf8", 2)]);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(VALID.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(code("a.toml", &utf16), [("not_utf8", 1)]);
    let keys: String = (0..1_000_000).map(|n| format!("k{n} = 1\n")).collect();
    assert_eq!(code("a.toml", keys.as_bytes()), [("too_large", 1)]);
    assert_eq!(code("Vinter 2026.toml", VALID.as_bytes())[0].0, "bad_name");
    assert_eq!(code("vinter.txt", VALID.as_bytes())[0].0, "bad_name");
    assert_eq!(code("a.toml", format!("\u{feff}{VALID}").as_bytes()), []);
    let windows = folder.check_named("a.toml", VALID.replace('\n', "\r\n").as_bytes(), None);
    assert_eq!(found(&windows), []);
    assert!(!windows.definition.unwrap().follow_ups[0].scripts["nb"].contains('\r'));
    let path = folder.path();
    let none = |path: &Path| check(path, path, None, None, &[]).mistakes[0].code;
    assert_eq!(none(&path.join("none.toml")), "not_found");
    assert_eq!(none(&path.join("lists/folder.csv")), "not_a_file");
    let big = path.join("big.toml");
    fs::File::create(&big).unwrap().set_len(100_000_000).unwrap();
    assert_eq!(none(&big), "too_large");
    assert_eq!(none(Path::new("/dev/zero")), "not_a_file");
}

#[test]
fn thousands_of_mistakes_are_cut_short() {
    let keys: String = (0..10_000).map(|n| format!("k{n} = 1\n")).collect();
    let checked = Folder::new().check(&format!("{keys}{VALID}"));
    assert_eq!(checked.mistakes.len(), 51);
    assert_eq!(checked.mistakes[50].code, "more");
    assert!(checked.definition.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_a_check_stumble(
        changes in prop::collection::vec((0..VALID.len(), prop_oneof![any::<u8>(), prop::sample::select(b"\"'[]{}=#.\n\\%,".to_vec())], 0..4_usize), 1..6)
    ) {
        let folder = Folder::new();
        let mut bytes = VALID.as_bytes().to_vec();
        for (at, byte, kind) in changes {
            let at = at.min(bytes.len().saturating_sub(1));
            match kind {
                0 if bytes.len() > 1 => { bytes.remove(at); }
                1 => bytes.insert(at, byte),
                2 => { bytes.truncate(at.max(1)); }
                _ => bytes[at] = byte,
            }
        }
        let checked = folder.check_named("vinter.toml", &bytes, Some(&[account("oslo", true)]));
        prop_assert_eq!(checked.definition.is_some(), checked.errors() == 0);
        for mistake in &checked.mistakes {
            let (line, column) = checked.position(mistake);
            prop_assert!(line >= 1 && column >= 1);
            prop_assert!(checked.source.get(mistake.span.clone()).is_some(), "{:?}", mistake);
        }
    }
}
