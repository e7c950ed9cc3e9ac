//! The way back to what was asked for, by whoever had to do something else first.

use axum::http::Uri;

/// The page that signs in, and then leads back to what was asked for.
pub fn address(wanted: &Uri) -> String {
    match wanted.path() {
        "/" => "/sign-in".to_owned(),
        path => format!("/sign-in?next={path}"),
    }
}

/// An address inside this house; anything else leads nowhere.
pub fn inside(address: &str) -> Option<&str> {
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    (plain && address.starts_with('/') && !address.starts_with("//")).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_out_of_the_house() {
        assert_eq!(inside("/today"), Some("/today"));
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "javascript:alert(1)", "/a b"]
        {
            assert_eq!(inside(foreign), None, "{foreign}");
        }
    }
}
