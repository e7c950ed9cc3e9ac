//! Numbers and handles in free text: what is understood is understood the same again, and a number stays one.

use lykt::domain::handle::{Handle, kind_of, masked, nick_of};
use lykt::domain::phone::{PhoneNumber, ProblemCode, Region, find_numbers};

const REGIONS: [&str; 6] = ["NO", "SE", "GB", "US", "DE", "TH"];
const THEIRS: &str = "+46701740605";

pub fn run(data: &[u8]) {
    let Some((region, rest)) = data.split_first() else { return };
    let text = String::from_utf8_lossy(rest);
    let region = Region::parse(REGIONS[usize::from(*region) % REGIONS.len()]).expect("a region");
    numbers(&text, region);
    handles(&text, region);
}

fn numbers(text: &str, region: Region) {
    let found = find_numbers(text, region);
    assert_eq!(found, find_numbers(text, region));
    assert!(found.numbers.len() <= text.len() / 3, "{} numbers in {} bytes", found.numbers.len(), text.len());
    let suggestion = found.problem.as_ref().and_then(|problem| problem.suggestion.as_ref());
    for number in found.numbers.iter().chain(suggestion) {
        let written = number.expose();
        let digits = written.strip_prefix('+').expect("a number begins with a plus");
        // Germany's plan has numbers with two digits more than E.164.
        assert!((5..=17).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()), "no E.164");
        for other in REGIONS {
            let again = PhoneNumber::parse(written, Region::parse(other).expect("a region"));
            assert!(again.as_ref() == Ok(number), "a number is another one when it is read again in {other}");
        }
        let shown = masked(written);
        let is_hidden = shown.bytes().filter(u8::is_ascii_digit).count() <= 5;
        assert!(is_hidden, "a number is shown");
        assert_eq!(kind_of(written), "phone");
        let _ = number.kind();
    }
    if found.problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::NotValid)
        && let Ok(number) = PhoneNumber::parse_unknown(text, region)
    {
        assert!(found.numbers.is_empty(), "a number that is known is another, unknown one");
        assert!((8..=16).contains(&number.expose().len()), "no E.164");
        let again = PhoneNumber::parse_unknown(number.expose(), region);
        assert!(again.as_ref() == Ok(&number), "an unknown number is another one when it is read again");
    }
    let unique = found.numbers.iter().enumerate().all(|(n, number)| !found.numbers[..n].contains(number));
    assert!(unique, "a number twice");
    // The same text with somebody's number on a line of its own has that number too.
    if text.len() < 9_000 {
        let more = find_numbers(&format!("{THEIRS}\n\n{text}"), region);
        assert!(more.numbers.iter().any(|number| number.expose() == THEIRS), "a number on its own line is lost");
    }
}

fn handles(text: &str, region: Region) {
    if let Some(nick) = nick_of(text) {
        assert_eq!(nick_of(&nick).as_deref(), Some(nick.as_str()), "a nickname changes when it is read again");
    }
    if let Some(handle) = Handle::parse(text, region) {
        let address = handle.address().expose();
        assert_eq!(Handle::parse(address, region).as_ref(), Some(&handle), "a handle changes when it is read again");
        assert!(!address.chars().any(char::is_control), "a handle has a control character");
        assert_ne!(kind_of(address), "phone");
    }
}
