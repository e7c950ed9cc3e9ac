//! A webhook as it is kept: the query and the body in one piece, so that it can be read again.

/// Joins the raw query of the address and the body.
pub(super) fn join(query: &str, body: &[u8]) -> Vec<u8> {
    [query.as_bytes(), b"\n", body].concat()
}

/// Parts what [`join`] made. What has no line break is a body alone: the simulator keeps its news so.
pub(super) fn part(raw: &[u8]) -> (&str, &[u8]) {
    let cut = raw.iter().position(|b| *b == b'\n');
    let parts = cut.map(|cut| (&raw[..cut], &raw[cut + 1..]));
    parts.and_then(|(query, body)| Some((std::str::from_utf8(query).ok()?, body))).unwrap_or(("", raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_parts_the_same() {
        for (query, body) in [("", &b""[..]), ("token=a", b"Body=1\n2"), ("", b"\n\n"), ("a", b"\xff")] {
            assert_eq!(part(&join(query, body)), (query, body));
        }
    }

    #[test]
    fn the_simulators_news_are_a_body_alone() {
        assert_eq!(part(b"{\"event\":\"reply\"}"), ("", &b"{\"event\":\"reply\"}"[..]));
    }
}
