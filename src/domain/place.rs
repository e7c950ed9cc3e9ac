//! Places that are known by name: the counties and municipalities of Norway. Reads what people write, and knows no service.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::domain::gather::Gather;

const NORWAY: &str = include_str!("../../config/places/norway.tsv");
/// Words that say what a name is the name of.
const KINDS: [&str; 8] =
    [" kommune", " fylkeskommune", " fylke", " suohkan", " tjielte", " municipality", " county", " by"];

/// A county or a municipality.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// Its official number: two digits, or four that begin with the county's.
    pub number: &'static str,
    /// Its name in Norwegian.
    pub name: &'static str,
    /// Its other official names.
    pub others: Vec<&'static str>,
}

struct Norway {
    places: Vec<Place>,
    by_name: BTreeMap<String, Vec<usize>>,
}

static ALL: LazyLock<Norway> = LazyLock::new(|| {
    let place = |line: &'static str| {
        let mut cells = line.split('\t');
        Some(Place { number: cells.next()?, name: cells.next()?, others: cells.collect() })
    };
    let places: Vec<Place> = NORWAY.lines().filter(|line| !line.starts_with('#')).filter_map(place).collect();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, place) in places.iter().enumerate() {
        let names: BTreeSet<String> =
            std::iter::once(place.name).chain(place.others.iter().copied()).map(fold).gather();
        for name in names {
            by_name.entry(name).or_default().push(n);
        }
    }
    Norway { places, by_name }
});

impl Place {
    /// All of them: counties, then municipalities.
    pub fn all() -> &'static [Place] {
        &ALL.places
    }

    /// The places that somebody may mean: none, one, or several of one name. Of a county and its only municipality, which
    /// have one name, the municipality.
    pub fn find(written: &str) -> Vec<&'static Place> {
        let written = written.trim();
        if let Some(place) = Place::all().iter().find(|place| place.number == written) {
            return vec![place];
        }
        let found = named(&fold(written));
        if !found.is_empty() {
            return found;
        }
        // `Herøy (Nordland)`, `Herøy i Nordland`, `Herøy, Nordland`.
        let cut = [" (", ", ", " i "].into_iter().find_map(|sign| written.split_once(sign));
        let Some((name, county)) = cut else { return Vec::new() };
        let counties = named(&fold(county.trim_end_matches(')')));
        let mut found = named(&fold(name));
        found.retain(|place| counties.iter().any(|other| other.county() == place.county()));
        found
    }

    /// The one place that is meant, when there is no doubt.
    pub fn one(written: &str) -> Option<&'static Place> {
        match Place::find(written)[..] {
            [place] => Some(place),
            _ => None,
        }
    }

    /// Whether it is a county.
    fn is_county(&self) -> bool {
        self.number.len() == 2
    }

    /// The number of its county, or its own.
    pub fn county(&self) -> &'static str {
        &self.number[..2]
    }

    /// Whether another place lies in it, or is it.
    pub fn covers(&self, other: &Place) -> bool {
        other.number.starts_with(self.number)
    }

    /// Its name, with its county where the name alone is not enough.
    pub fn full(&self) -> String {
        let county = || Place::all().iter().find(|place| place.number == self.county());
        match (self.is_county(), named(&fold(self.name)).len(), county()) {
            (false, 2.., Some(county)) => format!("{} ({})", self.name, county.name),
            _ => self.name.to_owned(),
        }
    }
}

fn named(folded: &str) -> Vec<&'static Place> {
    let found = ALL.by_name.get(folded).map(Vec::as_slice).unwrap_or_default();
    let mut found: Vec<&'static Place> = found.iter().map(|n| &ALL.places[*n]).collect();
    let inside = found.iter().any(|place| !place.is_county());
    found.retain(|place| !place.is_county() || !inside);
    found
}

/// A name as it is compared: small letters without marks, `æ`, `ø` and `å` as people write them who do not have them.
fn fold(name: &str) -> String {
    let mut small = name.to_lowercase();
    for kind in KINDS {
        if let Some(rest) = small.strip_suffix(kind) {
            small.truncate(rest.len());
        }
    }
    let plain = small.nfd().filter(|c| !is_combining_mark(*c)).flat_map(|c| match c {
        'æ' => ['a', 'e'].to_vec(),
        'ø' => vec!['o'],
        'đ' => vec!['d'],
        'ŋ' => vec!['n'],
        'ŧ' => vec!['t'],
        c if c.is_alphanumeric() => vec![c],
        _ => Vec::new(),
    });
    plain.collect::<String>().replace("aa", "a").replace("oe", "o")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(written: &str) -> Vec<&str> {
        Place::find(written).into_iter().map(|place| place.number).collect()
    }

    #[test]
    fn norway_has_fifteen_counties_and_357_municipalities_each_in_a_county() {
        let (counties, inside): (Vec<_>, Vec<_>) = Place::all().iter().partition(|place| place.is_county());
        assert_eq!((counties.len(), inside.len()), (15, 357));
        for place in inside {
            assert_eq!(place.number.len(), 4, "{}", place.name);
            assert!(counties.iter().any(|county| county.covers(place)), "{} is in no county", place.name);
        }
    }

    #[test]
    fn every_place_is_found_by_each_of_its_names() {
        for place in Place::all() {
            for name in std::iter::once(&place.name).chain(&place.others) {
                let found = Place::find(name);
                let is_it = found.contains(&place) || (place.is_county() && found.iter().all(|one| place.covers(one)));
                assert!(is_it, "{name}");
            }
            let full = Place::find(&place.full());
            assert!(full.len() == 1 && place.covers(full[0]), "{}", place.full());
        }
    }

    #[test]
    fn a_place_is_known_however_it_is_spelt() {
        for written in ["Bærum", "baerum", " BÆRUM ", "Bærum kommune", "3201"] {
            assert_eq!(numbers(written), ["3201"], "{written}");
        }
        for written in ["Tromsø", "tromso", "Tromsoe"] {
            assert_eq!(numbers(written), ["5501"], "{written}");
        }
        for written in ["Ålesund", "aalesund", "alesund"] {
            assert_eq!(numbers(written), ["1508"], "{written}");
        }
        for written in ["Kautokeino", "Guovdageaidnu", "guovdageaidnu suohkan"] {
            assert_eq!(numbers(written), ["5612"], "{written}");
        }
        assert_eq!(numbers("Kárášjohka"), numbers("karasjok"));
        assert_eq!(numbers("Troms fylke"), ["55"]);
        assert_eq!(numbers("Romsa"), ["55"]);
        assert_eq!(numbers("Oslo"), ["0301"], "the municipality, which is the county");
        assert_eq!(numbers("Thailand"), [""; 0]);
        assert_eq!(numbers(""), [""; 0]);
    }

    #[test]
    fn two_places_of_one_name_are_told_apart_by_their_county() {
        assert_eq!(numbers("Herøy"), ["1515", "1818"]);
        assert_eq!(Place::one("Herøy"), None);
        for written in ["Herøy i Nordland", "Herøy (Nordland)", "heroy, nordland"] {
            assert_eq!(numbers(written), ["1818"], "{written}");
        }
        assert_eq!(Place::one("Våler (Østfold)").unwrap().full(), "Våler (Østfold)");
    }
}
