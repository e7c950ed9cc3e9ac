//! What may be done to a value on its way: `{to|no_plus}`, `"msisdn|plus"`. Pure, and the same both ways.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::hex::hex;
use crate::gateway::form;

/// A value that a filter cannot work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unfit;

/// One change to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// `+46..` becomes `46..`.
    NoPlus,
    /// `46..` and `0046..` become `+46..`; what is no such number stays.
    Plus,
    /// A number of so many digits is one of this country: `local:47:8` makes `91234567` into `+4791234567`.
    Local(String, usize),
    /// `+46..` becomes `0046..`.
    Zeros,
    /// Letters become small.
    Lower,
    /// Letters become capitals.
    Upper,
    /// No space at either end.
    Trim,
    /// This is taken away at the front, where it stands.
    Strip(String),
    /// This is put at the front: `put:messenger:` makes an id of a platform's one of nobody else's.
    Put(String),
    /// Words become other words; what is not named stays, unless `*` is.
    Map(Vec<(String, String)>),
    /// A whole number, so many times.
    Times(u64),
    /// A whole number, divided; rounded up.
    Divide(u64),
    /// A whole number, at most.
    AtMost(u64),
    /// A whole number, at least.
    AtLeast(u64),
    /// A number in JSON, not a text.
    Number,
    /// `true` or `false` in JSON, not a text.
    Bool,
    /// A list in JSON with this one text.
    List,
    /// Milliseconds become seconds.
    Unix,
    /// Milliseconds become `2026-12-01T08:00:00Z`.
    Rfc3339,
    /// Milliseconds become a date in this form, in this zone.
    Date(String, TimeZone),
    /// Escaped for a URL.
    Url,
    /// Base64 of the bytes.
    Base64,
    /// The bytes in hexadecimal.
    Hex,
}

impl Filter {
    /// The words, for whoever wrote another one.
    pub const WORDS: &'static str = "no_plus, plus, local:47:8, zeros, lower, upper, trim, strip:X, put:X, map:A=B,C=D,*=E, times:N, \
         divide:N, at_most:N, at_least:N, number, bool, list, unix, rfc3339, date:%Y-%m-%d@Europe/Oslo, url, base64, hex";

    /// Reads a filter as it is written; `None` when there is no such one.
    pub fn parse(written: &str) -> Option<Self> {
        let (word, given) = written.split_once(':').map_or((written, None), |(word, given)| (word, Some(given)));
        let number = || given?.parse::<u64>().ok().filter(|number| *number > 0);
        Some(match (word.trim(), given) {
            ("no_plus", None) => Filter::NoPlus,
            ("plus", None) => Filter::Plus,
            ("local", Some(given)) => {
                let (country, digits) = given.split_once(':')?;
                let plain = !country.is_empty() && country.bytes().all(|b| b.is_ascii_digit());
                Filter::Local(plain.then(|| country.to_owned())?, digits.parse().ok()?)
            }
            ("zeros", None) => Filter::Zeros,
            ("lower", None) => Filter::Lower,
            ("upper", None) => Filter::Upper,
            ("trim", None) => Filter::Trim,
            ("strip", Some(front)) => Filter::Strip(front.to_owned()),
            ("put", Some(front)) => Filter::Put(front.to_owned()),
            ("map", Some(pairs)) => Filter::Map(
                pairs
                    .split(',')
                    .map(|pair| pair.split_once('=').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned())))
                    .collect::<Option<_>>()?,
            ),
            ("times", _) => Filter::Times(number()?),
            ("divide", _) => Filter::Divide(number()?),
            ("at_most", _) => Filter::AtMost(number()?),
            ("at_least", _) => Filter::AtLeast(number()?),
            ("number", None) => Filter::Number,
            ("bool", None) => Filter::Bool,
            ("list", None) => Filter::List,
            ("unix", None) => Filter::Unix,
            ("rfc3339", None) => Filter::Rfc3339,
            ("date", Some(form)) => date(form)?,
            ("url", None) => Filter::Url,
            ("base64", None) => Filter::Base64,
            ("hex", None) => Filter::Hex,
            _ => return None,
        })
    }

    /// Whether it says what kind of JSON a value is; only the last may.
    pub fn is_kind(&self) -> bool {
        matches!(self, Filter::Number | Filter::Bool | Filter::List)
    }

    /// The value, changed.
    pub fn apply(&self, value: &str) -> Result<String, Unfit> {
        let whole = |work: &dyn Fn(u64) -> Option<u64>| {
            value.trim().parse().ok().and_then(work).map(|number| number.to_string()).ok_or(Unfit)
        };
        Ok(match self {
            Filter::NoPlus => value.strip_prefix('+').unwrap_or(value).to_owned(),
            Filter::Plus => plus(value),
            Filter::Local(country, digits) => {
                let plain = value.trim();
                let local = plain.len() == *digits && plain.bytes().all(|b| b.is_ascii_digit());
                if local { format!("+{country}{plain}") } else { plain.to_owned() }
            }
            Filter::Zeros => value.strip_prefix('+').map_or(value.to_owned(), |digits| format!("00{digits}")),
            Filter::Lower => value.to_lowercase(),
            Filter::Upper => value.to_uppercase(),
            Filter::Trim => value.trim().to_owned(),
            Filter::Strip(front) => value.strip_prefix(front.as_str()).unwrap_or(value).to_owned(),
            Filter::Put(front) => format!("{front}{value}"),
            Filter::Map(pairs) => {
                let named = |name: &str| pairs.iter().find(|(from, _)| from == name).map(|(_, to)| to.clone());
                named(value).or_else(|| named("*")).unwrap_or_else(|| value.to_owned())
            }
            Filter::Times(times) => whole(&|number| number.checked_mul(*times))?,
            Filter::Divide(by) => whole(&|number| Some(number.div_ceil(*by)))?,
            Filter::AtMost(most) => whole(&|number| Some(number.min(*most)))?,
            Filter::AtLeast(least) => whole(&|number| Some(number.max(*least)))?,
            Filter::Number | Filter::Bool | Filter::List => value.to_owned(),
            Filter::Unix => whole(&|ms| Some(ms / 1000))?,
            Filter::Rfc3339 => time(value)?.to_string(),
            Filter::Date(form, zone) => {
                let zoned = time(value)?.to_zoned_datetime(zone.clone());
                jiff::fmt::strtime::format(form, &zoned).map_err(|_| Unfit)?
            }
            Filter::Url => form::escaped(value),
            Filter::Base64 => STANDARD.encode(value),
            Filter::Hex => hex(value),
        })
    }

    /// The value as JSON.
    pub fn json(&self, value: String) -> Result<serde_json::Value, Unfit> {
        match self {
            Filter::Number => {
                let number: serde_json::Number = value.trim().parse().map_err(|_| Unfit)?;
                Ok(number.into())
            }
            Filter::Bool => value.trim().parse::<bool>().map(Into::into).map_err(|_| Unfit),
            Filter::List => Ok(serde_json::json!([value])),
            _ => Ok(value.into()),
        }
    }
}

/// A form, and the zone behind `@`; the world's time when there is none.
fn date(written: &str) -> Option<Filter> {
    let (form, zone) = written.rsplit_once('@').map_or((written, "UTC"), |(form, zone)| (form, zone));
    let zone = TimeZone::get(zone).ok()?;
    let zoned = Timestamp::UNIX_EPOCH.to_zoned_datetime(zone.clone());
    jiff::fmt::strtime::format(form, &zoned).ok()?;
    Some(Filter::Date(form.to_owned(), zone))
}

fn time(ms: &str) -> Result<Timestamp, Unfit> {
    ms.parse().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).ok_or(Unfit)
}

fn plus(value: &str) -> String {
    let plain = value.trim();
    let digits = plain.strip_prefix("00").unwrap_or(plain);
    // Shorter ones are a service's short code, letters are a name, and no country's code begins with 0.
    let number = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number = number && !digits.starts_with('0');
    if number { format!("+{digits}") } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filtered(value: &str, filter: &str) -> Option<String> {
        Filter::parse(filter).expect(filter).apply(value).ok()
    }

    #[test]
    fn each_filter_does_what_its_word_says() {
        for (value, filter, becomes) in [
            ("+46701740605", "no_plus", "46701740605"),
            ("46701740605", "plus", "+46701740605"),
            ("0046701740605", "plus", "+46701740605"),
            ("26112", "plus", "26112"),
            ("0701740605", "plus", "0701740605"),
            ("701740605", "local:46:9", "+46701740605"),
            ("46701740605", "local:46:9", "46701740605"),
            ("Lykten", "plus", "Lykten"),
            ("+46701740605", "zeros", "0046701740605"),
            ("ÆR", "lower", "ær"),
            (" a ", "trim", "a"),
            ("tel:1", "strip:tel:", "1"),
            ("42424242", "put:messenger:", "messenger:42424242"),
            ("ucs2", "map:gsm7=text,ucs2=unicode", "unicode"),
            ("x", "map:a=b", "x"),
            ("x", "map:a=b,*=c", "c"),
            ("90", "times:1000", "90000"),
            ("90", "divide:60", "2"),
            ("90", "at_most:60", "60"),
            ("90", "at_least:600", "600"),
            ("1796115600123", "unix", "1796115600"),
            ("1796115600000", "rfc3339", "2026-12-01T09:00:00Z"),
            ("1796115600000", "date:%Y%m%d%H%M@Europe/Oslo", "202612011000"),
            ("a b/å", "url", "a%20b%2F%C3%A5"),
            ("a:b", "base64", "YTpi"),
            ("å", "hex", "c3a5"),
        ] {
            assert_eq!(filtered(value, filter).as_deref(), Some(becomes), "{value} {filter}");
        }
    }

    #[test]
    fn what_cannot_be_worked_on_is_said_and_not_guessed() {
        for (value, filter) in
            [("x", "times:2"), ("-1", "divide:2"), ("18446744073709551615", "times:2"), ("x", "unix")]
        {
            assert_eq!(filtered(value, filter), None, "{value} {filter}");
        }
        assert!(Filter::Number.json("1e999x".to_owned()).is_err());
        assert_eq!(Filter::Number.json("7".to_owned()), Ok(7.into()));
    }

    #[test]
    fn a_filter_that_there_is_not_is_none() {
        for written in ["", "plus:1", "times", "times:x", "times:0", "date:%", "date:%Y@Oslo", "map:a", "sha1"] {
            assert_eq!(Filter::parse(written), None, "{written}");
        }
    }
}
