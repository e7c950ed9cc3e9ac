//! Web addresses as settings write them.

use std::net::IpAddr;

use reqwest::Url;

/// Whether it is one, with nothing behind its path and nobody's password in it.
pub fn is_web_address(url: &str) -> bool {
    host(url).is_some()
}

/// The host of a web address, without its port and brackets.
pub fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let plain = ["http", "https"].contains(&url.scheme()) && url.fragment().is_none() && url.query().is_none();
    let anonymous = url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|_| plain && anonymous)?;
    Some(host.trim_start_matches('[').trim_end_matches(']').to_owned())
}

/// Whether it leads to this machine and no other.
pub fn is_loopback(url: &str) -> bool {
    host(url).is_some_and(|host| host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_counts_as_loopback() {
        assert!(is_loopback("http://127.0.0.1:8000/x"));
        assert!(is_loopback("http://[::1]:80"));
        assert!(is_loopback("http://localhost"));
        assert!(!is_loopback("https://api.twilio.com"));
        assert!(!is_loopback("http://127.0.0.1@evil.example"));
        assert!(!is_loopback("http://localhost.evil.example"));
        assert!(!is_loopback("localhost"));
    }

    #[test]
    fn a_host_is_read_as_the_client_will_read_it() {
        assert_eq!(host("https://API.example.com:8443/x/").as_deref(), Some("api.example.com"));
        assert_eq!(host("http://[2001:db8::1]:80").as_deref(), Some("2001:db8::1"));
        // Every dress of an address is undressed by the same parser that the client has.
        assert_eq!(host("http://0x7f.1/").as_deref(), Some("127.0.0.1"));
        assert_eq!(host("http://2130706433").as_deref(), Some("127.0.0.1"));
        for wrong in ["", "api.example.com", "ftp://a", "https://", "https://u:p@a", "https://a/#x", "https://a/?x=1"] {
            assert!(!is_web_address(wrong), "{wrong}");
        }
    }
}
