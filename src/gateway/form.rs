//! Forms as the web writes them (`application/x-www-form-urlencoded`), byte for byte, with a bound on their size.

use std::borrow::Cow;

/// A name and its value, decoded but not yet read as text.
pub type Pair<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// More parameters than this is nobody honest; Twilio sends about forty.
pub const MAX_PARAMETERS: usize = 1_000;

/// Decodes a form or a query in order; `None` when it has more than [`MAX_PARAMETERS`]. A `%` that escapes nothing is
/// kept as it is.
pub fn decode(form: &[u8]) -> Option<Vec<Pair<'_>>> {
    let mut pairs = Vec::new();
    for part in form.split(|b| *b == b'&').filter(|part| !part.is_empty()) {
        if pairs.len() == MAX_PARAMETERS {
            return None;
        }
        let cut = part.iter().position(|b| *b == b'=').unwrap_or(part.len());
        pairs.push((unescape(&part[..cut]), unescape(part.get(cut + 1..).unwrap_or_default())));
    }
    Some(pairs)
}

/// Encodes names and values; everything but letters, digits and `-._~` is escaped.
pub fn encode<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut form = String::new();
    for (name, value) in pairs {
        if !form.is_empty() {
            form.push('&');
        }
        escape(name, &mut form);
        form.push('=');
        escape(value, &mut form);
    }
    form
}

fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.iter().any(|byte| b"%+".contains(byte)) {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                bytes.push(nibble(*high) << 4 | nibble(*low));
                after
            }
            (b'+', _) => {
                bytes.push(b' ');
                tail
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    bytes.into()
}

fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.to_ascii_lowercase() - b'a' + 10,
    }
}

/// A text with everything but letters, digits and `-._~` escaped.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    escape(text, &mut escaped);
    escaped
}

fn escape(text: &str, form: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            form.push(char::from(byte));
        } else {
            form.push('%');
            form.push(char::from(HEX[usize::from(byte >> 4)]));
            form.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair<'a>(name: &'a str, value: &'a str) -> Pair<'a> {
        (name.as_bytes().into(), value.as_bytes().into())
    }

    #[test]
    fn a_form_is_decoded_as_browsers_and_providers_write_it() {
        assert_eq!(
            decode(b"Body=bl%C3%A5+b%c3%a6r&&From=%2B44&empty=&bare&half=%4&x=%zz").unwrap(),
            [
                pair("Body", "blå bær"),
                pair("From", "+44"),
                pair("empty", ""),
                pair("bare", ""),
                pair("half", "%4"),
                pair("x", "%zz")
            ]
        );
    }

    #[test]
    fn a_form_of_a_hundred_thousand_parameters_is_none() {
        assert_eq!(decode("a=1&".repeat(100_000).as_bytes()), None);
        assert!(decode("a=1&".repeat(MAX_PARAMETERS).as_bytes()).is_some());
    }

    proptest::proptest! {
        #[test]
        fn what_is_encoded_decodes_to_the_same(name in ".{1,20}", value in ".*") {
            let form = encode([(name.as_str(), value.as_str())].into_iter());
            proptest::prop_assert_eq!(decode(form.as_bytes()).unwrap(), [pair(&name, &value)]);
        }

        #[test]
        fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(0u8.., 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
