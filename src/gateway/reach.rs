//! Which addresses a provider's file may lead to: those of the world, and none inside the operator's own network.
//!
//! A name is looked up once, by this; what it resolves to is what is connected to, so that it cannot change in between.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up as the system does, and refuses those that lead inside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outside;

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = look_up(name.as_str()).await?;
            // One inside among many is enough: which of them is connected to is not ours to choose.
            if found.iter().any(|address| !is_public(address.ip())) {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the name leads inside").into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

async fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

/// Whether the name in a web address leads inside just now; for whoever asks why nothing connects.
pub(super) async fn leads_inside(url: &str) -> bool {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let found = look_up(host.as_deref().unwrap_or_default()).await.unwrap_or_default();
    found.iter().any(|address| !is_public(address.ip()))
}

/// Whether a host is written as an address inside, or as this machine.
pub(super) fn is_literally_private(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    host.parse().is_ok_and(|address| !is_public(address)) || name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is one of the world's.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// As IANA's registry of special addresses has it.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = (a, b, c) == (192, 0, 0) || a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || shared
        || protocol)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // Addresses of the old net in another dress: translated (NAT64) and 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inner(high, low),
        [0x2002, high, low, ..] => inner(high, low),
        // Teredo and other assignments for protocols; addresses for books.
        [0x2001, second, ..] => second >= 0x200 && second != 0xdb8,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::gateway::exchange::{Auth, Failure, Request};
    use crate::gateway::http::Http;

    #[test]
    fn only_addresses_of_the_world_are_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.5",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["9.9.9.9", "172.32.0.1", "100.128.0.1", "2620:fe::fe", "2a00:1450::1", "64:ff9b::909:909"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_at_connect() {
        let inside = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = inside.local_addr().unwrap().port();
        let http = Http::new(|| 0, Duration::from_secs(5)).unwrap();
        let asked = || Request::get(format!("http://localhost:{port}/latest/meta-data"), Auth::None);
        assert_eq!(http.within(false).get(asked()).await, Err(Failure::Connect));
        assert!(leads_inside(&format!("http://localhost:{port}/latest/meta-data")).await);
        let knocked = tokio::time::timeout(Duration::from_millis(1), inside.accept()).await;
        assert!(knocked.is_err(), "not one connection was made");
        // The same name, when the operator allowed the host; so it was the guard that kept the other out.
        let anywhere = http.within(true);
        let (allowed, met) = tokio::join!(anywhere.get(asked()), async { drop(inside.accept().await) });
        assert_eq!((allowed, met), (Err(Failure::Broken), ()));
    }

    #[test]
    fn this_machine_and_addresses_inside_are_known_by_how_they_are_written() {
        for inside in ["127.0.0.1", "localhost", "LOCALHOST.", "a.localhost", "192.168.0.9", "fd00::1"] {
            assert!(is_literally_private(inside), "{inside}");
        }
        assert!(!is_literally_private("api.example.com"));
    }
}
