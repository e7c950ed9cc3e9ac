//! Files beside campaigns, and counts of the market: the first line says which. Whatever the rest, each mistake points into
//! the file, and what has none is read again the same.

use lykt::campaign::file::practice::{Entry, Kind, Platform, Question, Routine, Service, Shelf};
use lykt::domain::place::Place;
use lykt::domain::week::Week;
use lykt::market;

use super::{first_line, scratch};

pub fn run(data: &[u8]) {
    let (which, rest) = first_line(data);
    match which {
        b"routines" => file::<Routine>("beside.toml", rest),
        b"services" => file::<Service>("beside.toml", rest),
        b"sheet" => file::<Service>("beside.csv", rest),
        b"platforms" => file::<Platform>("beside.toml", rest),
        b"questions" => file::<Question>("beside.toml", rest),
        b"counts" => counts(rest),
        _ => place(rest),
    }
}

fn file<T: Entry>(name: &str, bytes: &[u8]) {
    let folder = scratch::folder().join(T::KIND.folder());
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the folder takes files");
    assert_eq!(Kind::of(&path), Some(T::KIND));
    let (checked, entries) = T::read_all(&path, &scratch::folder(), Some("2026-12-01".parse().expect("a day")));
    let lines = checked.source.matches('\n').count() + 1;
    for mistake in &checked.mistakes {
        let (line, column) = checked.position(mistake);
        assert!((1..=lines).contains(&line) && column > 0, "line {line} of {lines}");
        assert!(!mistake.text.en.is_empty() && !mistake.help.nb.is_empty(), "{}", mistake.code);
    }
    let names: std::collections::BTreeSet<&str> = entries.iter().map(Entry::name).collect();
    assert_eq!(names.len(), entries.len(), "each name once");
    let found = Shelf::<T>::of(scratch::folder()).look();
    assert!(found.entries.len() >= entries.len(), "the shelf reads what a check reads");
    std::fs::remove_file(path).expect("it was written");
}

fn counts(bytes: &[u8]) {
    let path = scratch::file("counts.csv", bytes);
    let latest = Week::parse("2026-W48").expect("a week");
    let Ok(lines) = market::read(&path, Some("x"), &["x".to_owned()], latest) else { return };
    for (platform, week, count) in lines.into_iter().filter_map(|line| line.read.ok()) {
        assert_eq!(platform, "x");
        assert!(week <= latest, "{week}");
        let groups = market::Figure::ALL[1..5].iter().filter_map(|figure| count.get(*figure)).sum::<i64>();
        assert!(count.get(market::Figure::Ads).is_some_and(|ads| ads >= groups), "the groups fit into the ads");
    }
}

fn place(bytes: &[u8]) {
    let written = String::from_utf8_lossy(bytes);
    let found = Place::find(&written);
    for place in &found {
        assert!(Place::find(&place.full()).len() == 1, "{}", place.full());
    }
    if let Some(week) = Week::parse(&written) {
        assert_eq!(Week::parse(&week.to_string()), Some(week));
    }
}
