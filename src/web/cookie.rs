//! The few cookies we set: the session, the device that signed in before, the language.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue, InvalidHeaderValue};

use crate::domain::private::Private;

/// A cookie of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// Who is signed in; goes when the browser is closed.
    Session,
    /// That somebody signed in here before.
    Device,
    /// The language that was chosen before signing in.
    Lang,
}

/// A year, in seconds.
const YEAR: u32 = 31_536_000;

impl Cookie {
    /// Its value, when the browser sends it. The last of several counts for nothing: there is one.
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        let all = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        all.flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    }

    /// The header that sets it; `None` takes it away.
    ///
    /// # Errors
    /// When the value is none for a header.
    pub fn set(self, value: Option<&Private>, secure: bool) -> Result<HeaderValue, InvalidHeaderValue> {
        let name = self.name(secure);
        let age = match (value, self) {
            (None, _) => "; Max-Age=0".to_owned(),
            (Some(_), Cookie::Session) => String::new(),
            (Some(_), _) => format!("; Max-Age={YEAR}"),
        };
        let only_https = if secure { "; Secure" } else { "" };
        let value = value.map(|value| value.expose().as_str()).unwrap_or_default();
        let mut header =
            HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{only_https}"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Cookie::Session, true) => "__Host-lykt",
            (Cookie::Session, false) => "lykt",
            (Cookie::Device, true) => "__Host-lykt-device",
            (Cookie::Device, false) => "lykt-device",
            (Cookie::Lang, true) => "__Host-lykt-lang",
            (Cookie::Lang, false) => "lykt-lang",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_only_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, "xlykt=1; lykt-device=2; lykt=3".parse().unwrap());
        assert_eq!(Cookie::Session.read(&headers, false).as_deref(), Some("3"));
        assert_eq!(Cookie::Session.read(&headers, true), None);
    }

    #[test]
    fn over_https_a_session_is_bound_to_the_host_and_hidden_from_scripts() {
        let value = Private::new("abc".to_owned());
        let set = Cookie::Session.set(Some(&value), true).unwrap();
        assert_eq!(set.to_str().unwrap(), "__Host-lykt=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(set.is_sensitive());
    }
}
