//! Broken campaign files: what is said of them, and on which line.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

pub(super) const VALID: &str = r#"title  = "Gratis HPV-vaksine i Oslo"
goal   = "200 personer"
basis  = "public task"
starts = 2026-12-01
ends   = 2027-01-31

[targets]
list    = "lists/oslo.csv"
columns = { phone = "telefon", language = "språk", region = "sted" }
where   = { region = ["Oslo", "Bærum"] }

[message]
channels = ["sms"]
gateway  = { sms = "oslo" }
sender   = "Amanda"
image    = "media/pictograms.png"

[[message.variant]]
name = "personal"
weight = 2
text.nb = "Hei! Dette er {{ sender }}. Svar STOPP for å slippe flere."
text.en = "Hi from {{ region }}! Reply STOP to opt out."

[window]
days = ["mon", "tue"]
from = "11:00"
until = 18:00:00
holidays = "NO"
rate = "20/min"

[[follow_up]]
kind = "call"
after = "3 working days"
within = "7 days"
unless = ["replied", "visited"]
attempts = 2
script.nb = """
Hei, jeg heter {{ sender }}.
Passer det å snakke litt?
"""
"#;

pub(super) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";

/// A folder of campaigns with a list, an image, and things that are none.
pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        let house = tempfile::tempdir().unwrap();
        let folder = house.path().join("campaigns");
        for place in ["lists/folder.csv", "media"] {
            fs::create_dir_all(folder.join(place)).unwrap();
        }
        let list = "telefon;språk;sted;navn\n+44 7700 900101;nb;Oslo;x\n";
        fs::write(folder.join("lists/oslo.csv"), list).unwrap();
        fs::write(folder.join("lists/empty.csv"), "").unwrap();
        fs::write(folder.join("lists/damaged.csv"), b"telefon;spr\xc3\xa5k;sted\nx;\xe5;y\n").unwrap();
        fs::write(folder.join("lists/torn.csv"), format!("{list}+44 7700 900102;\"nb;Oslo;y\n")).unwrap();
        fs::write(house.path().join("secret.csv"), list).unwrap();
        fs::write(folder.join("media/pictograms.png"), PNG).unwrap();
        fs::write(folder.join("media/text.png"), "no image").unwrap();
        fs::File::create(folder.join("media/large.png")).unwrap().set_len(6_000_000).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("../../secret.csv", folder.join("lists/link.csv")).unwrap();
        Self(house)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("campaigns")
    }

    pub(super) fn check_named(&self, name: &str, bytes: &[u8], accounts: Option<&[AccountFacts]>) -> Checked {
        let path = self.path().join(name);
        fs::write(&path, bytes).unwrap();
        let languages = ["nb".to_owned(), "en".to_owned()];
        let checked = check(&path, &self.path(), Some(date(2026, 11, 24)), accounts, &languages);
        fs::remove_file(&path).unwrap();
        checked
    }

    pub(super) fn check(&self, text: &str) -> Checked {
        self.check_named("vinter.toml", text.as_bytes(), Some(&[account("oslo", true), account("name", false)]))
    }
}

pub(super) fn account(name: &str, takes_replies: bool) -> AccountFacts {
    let (channels, pictures) = (vec![Channel::Sms], Pictures::Shown);
    AccountFacts { name: name.to_owned(), channels, takes_replies, pictures, template_ids: false }
}

pub(super) fn found(checked: &Checked) -> Vec<(&'static str, usize)> {
    checked.mistakes.iter().map(|mistake| (mistake.code, checked.position(mistake).0)).collect()
}

pub(super) fn change(from: &str, to: &str) -> String {
    assert_eq!(VALID.matches(from).count(), 1, "{from}");
    VALID.replace(from, to)
}

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
fn each_mistake_is_found_on_its_line_and_alone() {
    let folder = Folder::new();
    let huge = format!("text.en = \"STOP {}\"", "a".repeat(5_000));
    let deep = format!("goal = {}", "[".repeat(20_000));
    let dotted = format!("{}a = 1", "a.".repeat(20_000));
    let cases: &[(&str, &str, &str, usize)] = &[
        // Syntax.
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = Gratis HPV-vaksine", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = “Gratis”", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = \"Gratis", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  =", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  : \"Gratis\"", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = \"Gratis \\qx\"", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = \"Gratis\" i Oslo", "syntax", 1),
        ("days = [\"mon\", \"tue\"]", "days = [\"mon\" \"tue\"]", "syntax", 25),
        ("days = [\"mon\", \"tue\"]", "days = [\"mon\", \"tue\"", "syntax", 25),
        ("days = [\"mon\", \"tue\"]", "days = [\n\"mon\"\n\"tue\",\n]", "syntax", 27),
        ("gateway  = { sms = \"oslo\" }", "gateway = { sms = \"oslo\"", "syntax", 14),
        ("rate = \"20/min\"", "rate = \"\"\"20/min", "syntax", 29),
        ("goal   = \"200 personer\"", "goal   = true-ish", "syntax", 2),
        ("rate = \"20/min\"", "rate = 20/min", "syntax", 29),
        ("[window]", "[window", "syntax", 24),
        ("Passer det å snakke litt?\n\"\"\"", "Passer det å snakke litt?", "syntax", 39),
        ("goal   = \"200 personer\"", "goal = \"x\"\ngoal = \"y\"", "duplicate_key", 3),
        ("sender   = \"Amanda\"", "channels = [\"sms\"]\nsender = \"Amanda\"", "duplicate_key", 15),
        ("[[follow_up]]", "[window]\n[[follow_up]]", "duplicate_key", 31),
        ("goal   = \"200 personer\"", &deep, "too_deep", 2),
        ("goal   = \"200 personer\"", &dotted, "too_deep", 2),
        ("200 personer", "200 \0 personer", "nul", 2),
        ("200 personer", "200 \\u0007 personer", "control_character", 2),
        // Keys.
        ("goal   = \"200 personer\"", "gaol = \"200 personer\"", "unknown_key", 2),
        ("title  = ", "tittel = ", "unknown_key", 1),
        ("basis  = ", "behandlingsgrunnlag = ", "unknown_key", 3),
        ("sender   = ", "avsender = ", "unknown_key", 15),
        ("until = 18", "til = 18", "unknown_key", 27),
        ("sender   = \"Amanda\"", "sender = \"Amanda\"\nrate = \"1/s\"", "unknown_key", 16),
        ("weight = 2", "wieght = 2", "unknown_key", 20),
        ("attempts = 2", "attempts = 2\nzebra = 1", "unknown_key", 37),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "", "missing_key", 2),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title = \"  \"", "empty", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title = 7", "wrong_type", 1),
        ("starts = 2026-12-01", "starts = \"2026-12-01\"", "wrong_type", 4),
        ("starts = 2026-12-01", "starts = 2026-12-01T10:00:00Z", "wrong_type", 4),
        ("basis  = \"public task\"", "", "no_basis", 1),
        ("basis  = \"public task\"", "basis = \" \"", "no_basis", 3),
        ("goal   = \"200 personer\"", "", "no_goal", 1),
        // Dates.
        ("starts = 2026-12-01", "starts = 2026-02-30", "bad_date", 4),
        ("starts = 2026-12-01", "starts = 2026-13-01", "bad_date", 4),
        ("starts = 2026-12-01", "starts = 2026-12-1", "bad_date", 4),
        ("starts = 2026-12-01", "starts = 01.12.2026", "syntax", 4),
        ("ends   = 2027-01-31", "ends = 2026-11-30", "ends_before_start", 5),
        ("starts = 2026-12-01\nends   = 2027-01-31", "starts = 2025-12-01\nends = 2026-01-31", "ended", 5),
        // The list.
        ("lists/oslo.csv", "lists/osol.csv", "list_missing", 8),
        ("lists/oslo.csv", "../../etc/passwd", "list_outside", 8),
        ("lists/oslo.csv", "/etc/passwd", "list_outside", 8),
        ("lists/oslo.csv", "lists/folder.csv", "list_not_a_file", 8),
        ("lists/oslo.csv", "lists/empty.csv", "list_unreadable", 8),
        ("lists/oslo.csv", "lists/damaged.csv", "list_unreadable", 8),
        ("lists/oslo.csv", "lists/torn.csv", "list_unreadable", 8),
        ("list    = \"lists/oslo.csv\"\n", "", "missing_key", 7),
        ("region = \"sted\"", "region = \"by\"", "unknown_column", 9),
        ("region = \"sted\"", "region = \"sted\", sender = \"navn\"", "bad_variable", 9),
        ("region = \"sted\"", "region = \"sted\", \"first name\" = \"navn\"", "bad_variable", 9),
        ("phone = \"telefon\", ", "", "no_phone", 9),
        ("where   = { region", "where   = { city", "unknown_filter", 10),
        ("where   = { region = [\"Oslo\", \"Bærum\"] }", "where = { region = [] }", "empty", 10),
        ("where   = { region = [\"Oslo\", \"Bærum\"] }", "where = { region = [1] }", "wrong_type", 10),
        // The message.
        ("channels = [\"sms\"]", "channels = [\"sms\", \"whatsapp\"]", "no_gateway", 14),
        ("channels = [\"sms\"]", "channels = [\"sms\", \"manual\"]", "people_alone", 13),
        ("channels = [\"sms\"]", "channels = [\"sms\", \"call\"]", "calls_alone", 13),
        ("sender   = \"Amanda\"", "sender   = \"Amanda\"\nscript.nb = \"Hei\"", "only_calls", 16),
        ("channels = [\"sms\"]", "channels = [\"smss\"]", "unknown_channel", 13),
        ("channels = [\"sms\"]", "channels = []", "no_channel", 13),
        ("channels = [\"sms\"]", "channels = [1]", "wrong_type", 13),
        ("channels = [\"sms\"]", "channels = \"sms\"", "wrong_type", 13),
        ("gateway  = { sms = \"oslo\" }", "gateway = { sms = \"bergen\" }", "unknown_gateway", 14),
        ("gateway  = { sms = \"oslo\" }", "gateway = \"oslo\"", "wrong_type", 14),
        ("gateway  = { sms = \"oslo\" }", "gateway = {}", "no_gateway", 14),
        ("sender   = \"Amanda\"\n", "", "no_sender", 12),
        ("sender   = \"Amanda\"", "sender = \"\"", "no_sender", 15),
        ("media/pictograms.png", "media/none.png", "image_missing", 16),
        ("media/pictograms.png", "../secret.csv", "image_outside", 16),
        ("media/pictograms.png", "media", "image_not_a_file", 16),
        ("media/pictograms.png", "media/text.png", "not_an_image", 16),
        ("media/pictograms.png", "media/large.png", "image_too_large", 16),
        // Variants and texts.
        ("[[message.variant]]", "[message.variant]", "wrong_type", 18),
        (
            "[window]",
            "[[message.variant]]\nname = \"personal\"\ntext.nb = \"Svar STOPP\"\n[window]",
            "duplicate_variant",
            25,
        ),
        ("weight = 2", "weight = 0", "bad_weight", 20),
        ("weight = 2", "weight = -1", "bad_weight", 20),
        ("weight = 2", "weight = 99999999999999999999", "bad_weight", 20),
        ("weight = 2", "weight = 1.5", "wrong_type", 20),
        (
            "text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"",
            "text.xx = \"Reply STOP\"",
            "unknown_language",
            22,
        ),
        (
            "text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"",
            "text.no = \"Svar STOPP\"",
            "duplicate_language",
            22,
        ),
        ("text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"", "text.en = \" \"", "empty_text", 22),
        ("text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"", "text.en = 3", "wrong_type", 22),
        ("text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"", &huge, "text_too_long", 22),
        ("Hi from {{ region }}!", "Hi from {{ city }}!", "unknown_variable", 22),
        ("Hi from {{ region }}!", "Hi from {{ phone }}!", "address_in_text", 22),
        ("Hi from {{ region }}!", "Hi from {{ region !", "template_syntax", 22),
        ("Hi from {{ region }}!", "{{ 1/0 }}", "template_fails", 22),
        ("Hi from {{ region }}!", "{% if region == 'Oslo' %}{{ 1/0 }}{% endif %}", "template_fails", 22),
        ("Hi from {{ region }}!", "{{ region|shout }}", "template_fails", 22),
        ("Hi from {{ region }}!", "{% include 'x' %}", "template_fails", 22),
        ("Hi from {{ region }}!", "{% for i in range(99999) %}{% endfor %}", "template_endless", 22),
        ("Hi from {{ region }}!", "{{ 'x' * 2000 }}", "text_too_long", 22),
        ("Reply STOP to opt out.", "Come and see us.", "no_way_out", 22),
        ("jeg heter {{ sender }}", "jeg heter {{ name }}", "unknown_variable", 38),
        ("Passer det å snakke litt?", "Passer {{ det", "template_syntax", 39),
        // The window.
        ("days = [\"mon\", \"tue\"]", "days = [\"mon\", \"tirsdag\"]", "bad_day", 25),
        ("days = [\"mon\", \"tue\"]", "days = []", "bad_day", 25),
        ("days = [\"mon\", \"tue\"]", "days = [1]", "wrong_type", 25),
        ("from = \"11:00\"", "from = \"elleve\"", "bad_time", 26),
        ("from = \"11:00\"", "from = 25:00:00", "bad_time", 26),
        ("from = \"11:00\"", "from = 11:00:30", "bad_time", 26),
        ("from = \"11:00\"", "from = 11:00:00.5", "bad_time", 26),
        ("from = \"11:00\"", "from = \"11:00:30\"", "bad_time", 26),
        ("from = \"11:00\"", "from = 11.00", "wrong_type", 26),
        ("from = \"11:00\"", "from = \"18:00\"", "bad_window", 27),
        ("from = \"11:00\"", "from = \"17:55\"", "bad_window", 27),
        ("holidays = \"NO\"", "holidays = \"Norge\"", "bad_holidays", 28),
        ("holidays = \"NO\"", "", "no_holidays", 24),
        ("rate = \"20/min\"", "rate = \"fast\"", "bad_rate", 29),
        ("rate = \"20/min\"", "rate = \"0/min\"", "bad_rate", 29),
        // Follow-ups.
        ("[[follow_up]]", "[follow_up]", "wrong_type", 31),
        ("kind = \"call\"", "kind = \"sms\"", "bad_kind", 32),
        ("kind = \"call\"", "", "missing_key", 31),
        ("after = \"3 working days\"", "after = \"3 dager\"", "bad_span", 33),
        ("within = \"7 days\"", "within = \"0 days\"", "bad_span", 34),
        ("within = \"7 days\"", "within = 7", "wrong_type", 34),
        ("unless = [\"replied\", \"visited\"]", "unless = [\"replied\", \"vistied\"]", "bad_unless", 35),
        ("attempts = 2", "attempts = 0", "bad_attempts", 36),
        ("attempts = 2", "attempts = 100", "bad_attempts", 36),
    ];
    assert!(cases.len() >= 50);
    let mut wrong = Vec::new();
    for (from, to, code, line) in cases {
        let checked = folder.check(&change(from, to));
        let warns = ["no_goal", "ended", "no_way_out", "no_holidays"].contains(code);
        if found(&checked) != [(*code, *line)] || checked.definition.is_some() != warns {
            wrong.push(format!("{to:.60}\n    expected {code} {line}, found {:?}", found(&checked)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
