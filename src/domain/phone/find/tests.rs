//! Golden tests: cells as people write them. Numbers are the spec's samples and numbers set aside for fiction.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn read(cell: &str, region: &str) -> (Vec<String>, Option<(&'static str, Option<String>)>) {
    let found = find_numbers(cell, Region::parse(region).expect("a region"));
    let written = |number: &PhoneNumber| number.expose().to_owned();
    let problem = found.problem.map(|problem| (problem.code.as_str(), problem.suggestion.as_ref().map(written)));
    (found.numbers.iter().map(written).collect(), problem)
}

#[track_caller]
fn gives(cell: &str, expected: &[&str]) {
    assert_eq!(read(cell, "NO"), (expected.iter().map(|&e164| e164.to_owned()).collect(), None), "{cell:?}");
}

#[track_caller]
fn asks(cell: &str, code: &'static str, suggestion: Option<&str>) {
    assert_eq!(read(cell, "NO"), (vec![], Some((code, suggestion.map(str::to_owned)))), "{cell:?}");
}

#[test]
fn a_norwegian_number_is_understood_in_every_spelling() {
    for cell in [
        "91234567",
        "91 23 45 67",
        "912 34 567",
        "9 1 2 3 4 5 6 7",
        "+4791234567",
        "+47 912 34 567",
        "+ 47 91 23 45 67",
        "004791234567",
        "00 47 912 34 567",
        "4791234567",
        "47 91 23 45 67",
        "(47)91234567",
        "(+47) 91 23 45 67",
        "(0047) 912 34 567",
        "+47 (0) 912 34 567",
        "+47-912-34-567",
        "91.23.45.67",
        "91-23-45-67",
        "91–23–45–67",
        "91—23—45—67",
        "91‑23‑45‑67",
        "91−23−45−67",
        "91/23/45/67",
        "91,23,45,67",
        "91_23_45_67",
        "91·23·45·67",
        "91*23*45*67",
        "91'23'45'67",
        "91|23|45|67",
        "91📞23📞45📞67",
        "９１２３４５６７",
        "＋４７　９１２　３４　５６７",
        "٩١٢٣٤٥٦٧",
        "۹۱ ۲۳ ۴۵ ۶۷",
        "९१२३४५६७",
        "91\u{a0}23\u{a0}45\u{a0}67",
        "912\u{202f}34\u{202f}567",
        "91\u{200b}23\u{200b}45\u{200b}67",
        "\u{202a}+47 912 34 567\u{202c}",
        "\u{200e}91234567\u{200f}",
        "91\u{ad}234567",
        "\u{feff}91234567",
        "9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣",
        "☎️91234567",
        "📱 912 34 567 💋",
        "tel:+47-912-34-567",
        "tel:91234567",
        "tel:+4791234567;ext=12",
        "https://wa.me/4791234567",
        "wa.me/+4791234567",
        "https://api.whatsapp.com/send?phone=4791234567",
        "https://api.whatsapp.com/send/?phone=4791234567&text&type=phone_number",
        "viber://chat?number=%2B4791234567",
        "+47 912 34 567 ext. 12",
        "91234567 x12",
        "++47 91234567",
        "+004791234567",
        "'91234567",
        "=\"+4791234567\"",
        "\"91234567\"",
        "<91234567>",
        "91\t23\t45\t67",
        "91234567.",
        "#31#91234567",
    ] {
        gives(cell, &["+4791234567"]);
    }
}

#[test]
fn a_number_is_found_in_free_text() {
    for cell in [
        "tlf: 91 23 45 67, ring after 12",
        "Ring meg på 91234567 :)",
        "Tlf.91234567",
        "tlf91234567",
        "Mob:912 34 567",
        "Anna 24 år, 91234567",
        "91234567 (kun sms)",
        "1500 kr, 30 min, tlf 91 23 45 67",
        "91234567 kl 10.00-22.00",
        "fra 24.12.2026: 912 34 567",
        "24.12.2026 91234567",
        "ikke før 21:30! 91 23 45 67",
        "91234567, 4500/8000",
        "Звони 91234567",
        "โทร 91234567",
        "Anna <91234567>; 2200-3500",
        "165 cm 55 kg 91234567",
        "Oslo 0257, 91234567",
        "91234567@example.org",
        "+47 912 34 567 24.12.2026",
        "912\u{202f}34567 24.12.2026",
        "0047 912 - 34567 24 år",
        "170 cm 912 34 567",
        "Lena (25) 912 34 567 – Oslo",
        "1500/2000 / 91 234 567",
        "25   912 34 567",
        "91 23 45 67 2026-12-24",
    ] {
        gives(cell, &["+4791234567"]);
    }
}

#[test]
fn every_number_of_a_cell_is_found() {
    for cell in [
        "91234567 / 40012345",
        "91234567/40012345",
        "91234567 eller 40012345",
        "91234567\n40012345",
        "91234567, 40012345",
        "91234567,40012345",
        "91234567;40012345",
        "91 23 45 67 / 400 12 345",
        "91 23 45 67 40 01 23 45",
        "91234567 40012345",
        "91234567 & 40012345",
        "91234567-40012345",
        "91234567–40012345",
        "+47 91234567 +47 40012345",
        "91234567|40012345",
        "tlf 91234567 sms 40012345",
        "91234567 / 40012345 / 91234567",
        "004791234567 004740012345",
        "91234567\r\n40012345",
        "91234567 + 40012345",
    ] {
        gives(cell, &["+4791234567", "+4740012345"]);
    }
    gives("22 82 46 00 / 91 23 45 67", &["+4722824600", "+4791234567"]);
}

#[test]
fn numbers_of_other_countries_are_found() {
    gives("+46 70 174 06 05", &["+46701740605"]);
    gives("+46 (0)70-174 06 05", &["+46701740605"]);
    gives("+47 (0) 91234567", &["+4791234567"]);
    gives("0047 (0)91234567", &["+4791234567"]);
    gives("0046701740605", &["+46701740605"]);
    gives("wa.me/46701740605", &["+46701740605"]);
    gives("0045 20123456", &["+4520123456"]);
    gives("91234567 / +46 70 174 06 05", &["+4791234567", "+46701740605"]);
    assert_eq!(read("070-174 06 05", "SE").0, ["+46701740605"]);
    // Set aside for fiction and valid nowhere; no piece of it may become the Norwegian service number 07700.
    asks("+44 (0)7700 900123", "not_valid", None);
    asks("07700 900123", "not_valid", None);
    gives("02800", &["+4702800"]);
}

#[test]
fn a_wrong_number_of_another_country_is_no_right_one_of_the_region() {
    for cell in [
        "+66 90000000",
        "+34 90000000",
        "0046 90000000",
        "(+46) 90000000",
        "+7 90000000",
        "+46 70 90000000",
        "+999 90000000",
        "+0 90000000",
        "+66-90000000",
        "ring +66 90000000 etter 12",
    ] {
        asks(cell, "not_valid", None);
    }
    let (numbers, problem) = read("91234567, +66 90000000", "NO");
    assert_eq!((numbers, problem), (vec!["+4791234567".to_owned()], Some(("not_valid", None))));
    gives("+47 91234567 90000000", &["+4791234567", "+4790000000"]);
    gives("+46 70 174 06 05 90000000", &["+46701740605", "+4790000000"]);
}

#[test]
fn digits_in_a_link_are_asked_about_but_for_links_that_call() {
    for cell in ["https://example.org/ad/90000000", "www.example.org/?id=90000000", "maria.90000000@example.org"] {
        asks(cell, "unsure", Some("+4790000000"));
    }
    for cell in ["tel://90000000", "sms:90000000", "kari@jobb 90000000", "https://wa.me/4790000000"] {
        gives(cell, &["+4790000000"]);
    }
}

#[test]
fn dates_times_and_prices_are_no_numbers() {
    for cell in
        ["24.12.2026", "22/11/2026", "21.30-23.45", "åpent 22.00 - 04.00", "24 år", "kr 1500", "30 min 1500,-", "hei"]
    {
        asks(cell, "no_number", None);
    }
    asks("4500/8000", "unsure", Some("+4745008000"));
}

#[test]
fn letters_for_digits_are_offered_and_never_guessed() {
    asks("9I234567", "looks_like", Some("+4791234567"));
    asks("9l 23 45 67", "looks_like", Some("+4791234567"));
    asks("+47 9OO 12 345", "looks_like", Some("+4790012345"));
    asks("9О123456", "looks_like", Some("+4790123456"));
    asks("tlf: 4OO12345 ring", "looks_like", Some("+4740012345"));
    let (numbers, problem) = read("91234567 / 4OO12345", "NO");
    assert_eq!(
        (numbers, problem),
        (vec!["+4791234567".to_owned()], Some(("looks_like", Some("+4740012345".to_owned()))))
    );
}

#[test]
fn vanity_letters_are_not_dialled() {
    asks("1-800-FLOWERS", "no_number", None);
    asks("4777107 ext. 12", "not_valid", None);
    asks("+47 912 FLOWER", "not_valid", None);
    asks("800FLOWERS", "no_number", None);
    asks("ni en to tre fire fem seks sju", "no_number", None);
}

#[test]
fn a_figure_from_a_spreadsheet_is_refused() {
    asks("9.1234567E7", "spreadsheet_number", Some("+4791234567"));
    asks("9,1234567E+07", "spreadsheet_number", Some("+4791234567"));
    asks("4.79E+10", "spreadsheet_number", None);
    asks("91234567.0", "spreadsheet_number", Some("+4791234567"));
}

#[test]
fn what_is_possible_but_not_valid_is_a_problem() {
    for cell in ["30 12 34 56", "+47 12 34 56 78", "113", "912345678901234", "9123456", "tlf 30123456"] {
        asks(cell, "not_valid", None);
    }
    asks("", "empty", None);
    asks(" \u{200b}\u{a0}", "empty", None);
    asks(&"91234567 ".repeat(2000), "too_long", None);
}

#[test]
fn what_can_be_read_in_two_ways_is_offered() {
    asks("46701740605", "unsure", Some("+46701740605"));
    asks("24 91 23 45 67", "unsure", Some("+4791234567"));
    let (numbers, problem) = read("912 34 567 24.12.2026/400 12-345", "NO");
    assert_eq!((numbers, problem), (vec!["+4740012345".to_owned()], Some(("unsure", Some("+4791234567".to_owned())))));
    asks("abc91234567", "unsure", Some("+4791234567"));
    let (numbers, problem) = read("070 174 06 05 (1)", "NO");
    assert!(numbers.is_empty() && problem.is_some());
}

#[test]
fn the_matcher_of_google_agrees_on_the_samples() {
    let Some(folder) = std::env::var_os("LYKT_SPECS") else {
        println!("left out: set LYKT_SPECS to the folder of the official samples");
        return;
    };
    let file = std::fs::read(std::path::Path::new(&folder).join("phone_inputs.json")).expect("the samples are there");
    let samples: Value = serde_json::from_slice(&file).expect("the samples are JSON");
    for sample in samples["inputs"].as_array().expect("a list") {
        let raw = sample["raw"].as_str().expect("a text");
        let expected: Vec<_> =
            sample["matcher_e164"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        let (numbers, problem) = read(raw, "NO");
        assert_eq!(numbers, expected, "{raw:?}");
        assert_eq!(problem.is_some(), expected.is_empty(), "{raw:?}");
    }
}

#[test]
fn hostile_cells_are_answered_too() {
    for piece in [
        "1 ",
        "9",
        "(",
        "+",
        "1/",
        "1-",
        "91234567/",
        "91234567 ",
        "tlf9",
        "O1",
        "wa.me/9",
        "9 1 2 ",
        "12.12.2012 ",
        "%2B",
        "1 1 1 1 1 1 1 1 1 1;",
        "1(",
        "1)(2",
        "٣",
        "é",
        "\u{301}",
        "1x",
        "ext 1",
        ",1",
        "91|",
    ] {
        read(&piece.repeat(9_900 / piece.len()), "NO");
    }
}

proptest! {
    #[test]
    fn any_grouping_of_a_mobile_number_gives_the_same(
        subscriber in "(91|90|41|40|48|46|95|98)[1-9]{6}",
        prefix in prop::sample::select(vec!["", "+47", "0047", "47 ", "(+47) ", "+47 - "]),
        gaps in prop::collection::vec(prop::sample::select(vec!["", " ", "\u{a0}", "-", ".", " - ", "\u{2009}", "\u{200b}"]), 8),
        digits in prop::sample::select(vec!['0', '٠', '０', '०']),
    ) {
        let mut cell = prefix.to_owned();
        for (digit, gap) in subscriber.chars().zip(&gaps) {
            let value = digit.to_digit(10).expect("a digit");
            cell.push(char::from_u32(u32::from(digits) + value).expect("a digit of that script"));
            cell.push_str(gap);
        }
        prop_assert_eq!(read(&cell, "NO").0, vec![format!("+47{subscriber}")], "{:?}", cell);
    }

    #[test]
    fn no_text_makes_it_panic(cell in "\\PC{0,60}", noise in "[0-9+() ./xeEOl,;:#\u{200b}٠-٩０-９-]{0,60}") {
        for region in ["NO", "US", "IT"] {
            read(&cell, region);
            read(&noise, region);
            read(&format!("{cell}{noise}"), region);
        }
    }
}
