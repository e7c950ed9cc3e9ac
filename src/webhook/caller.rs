//! Who is at the other end of a connection, or behind the proxy there.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

/// Who calls. A proxy on this machine says whom it calls for, in what it added last; nobody else is believed.
pub(super) fn caller(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    // What stands before the last comma, or on a line before the last, whoever calls may have written themselves.
    let told =
        || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next().map(str::trim);
    if peer.to_canonical().is_loopback() { told().and_then(read).unwrap_or(peer) } else { peer }
}

/// Some proxies write the port too.
fn read(word: &str) -> Option<IpAddr> {
    word.parse().ok().or_else(|| Some(word.parse::<SocketAddr>().ok()?.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_says_who_asks() {
        let [here, there, told] = ["127.0.0.1", "203.0.113.1", "203.0.113.9"].map(|ip| ip.parse().unwrap());
        let headers = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            headers
        };
        for lines in [
            &["198.51.100.7, 203.0.113.9"][..],
            &["198.51.100.7", "203.0.113.9"],
            &["198.51.100.7, 198.51.100.8", "198.51.100.7,203.0.113.9:4711"],
        ] {
            assert_eq!(caller(here, &headers(lines)), told, "{lines:?}");
            assert_eq!(caller(there, &headers(lines)), there);
        }
        assert_eq!(caller("::ffff:127.0.0.1".parse().unwrap(), &headers(&["203.0.113.9"])), told);
        let six = headers(&["[2001:db8::1]:80"]);
        assert_eq!(caller(here, &six), "2001:db8::1".parse::<IpAddr>().unwrap());
        assert_eq!(caller(here, &headers(&["unknown"])), here);
        assert_eq!(caller(here, &headers(&[])), here);
    }
}
