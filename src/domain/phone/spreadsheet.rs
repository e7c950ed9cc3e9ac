//! Cells in which a spreadsheet turned a phone number into a figure. They are refused: digits may be lost.

/// What a spreadsheet left of a number.
pub(super) struct Figure {
    /// All digits of the figure, when none is lost.
    pub(super) digits: Option<String>,
}

/// Sees `9.0000000E7`, `4,79E+10` and `90000000.0`; `None` for every other text.
pub(super) fn figure(text: &str) -> Option<Figure> {
    let text = text.trim().trim_start_matches(['\'', '"', '=', '+', '-']).trim_end_matches(['\'', '"']);
    match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => scientific(mantissa, exponent),
        None => decimal(text),
    }
}

fn scientific(mantissa: &str, exponent: &str) -> Option<Figure> {
    let (exponent, is_small) = match exponent.strip_prefix('-') {
        Some(exponent) => (exponent, true),
        None => (exponent.strip_prefix('+').unwrap_or(exponent), false),
    };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let is_figure = digits_only(whole) && (fraction.is_empty() || digits_only(fraction)) && digits_only(exponent);
    if !is_figure || exponent.len() > 3 || whole.len() > 3 {
        return None;
    }
    let places: usize = exponent.parse().ok()?;
    let is_whole = !is_small && fraction.bytes().skip(places).all(|byte| byte == b'0');
    let digits = (is_whole && fraction.len() >= places).then(|| format!("{whole}{}", &fraction[..places]));
    Some(Figure { digits })
}

fn decimal(text: &str) -> Option<Figure> {
    let (whole, fraction) = text.split_once(['.', ','])?;
    let is_figure =
        whole.len() >= 5 && digits_only(whole) && !fraction.is_empty() && fraction.bytes().all(|b| b == b'0');
    is_figure.then(|| Figure { digits: Some(whole.to_owned()) })
}

fn digits_only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_seen() {
        let digits = |text| figure(text).map(|figure| figure.digits);
        assert_eq!(digits("9.0000000E7"), Some(Some("90000000".to_owned())));
        assert_eq!(digits("9,1234567e+07"), Some(Some("91234567".to_owned())));
        assert_eq!(digits("4.79E+10"), Some(None));
        assert_eq!(digits(" 90000000.0 "), Some(Some("90000000".to_owned())));
        assert_eq!(digits("90000000,00"), Some(Some("90000000".to_owned())));
        assert_eq!(digits("9.12345675E7"), Some(None));
        assert_eq!(digits("-9.1234567E7"), Some(Some("91234567".to_owned())));
        assert_eq!(digits("1.2345678E-5"), Some(None));
        assert_eq!(digits("91.23.45.67"), None);
        assert_eq!(digits("91234567"), None);
        assert_eq!(digits("91 23E45"), None);
    }
}
