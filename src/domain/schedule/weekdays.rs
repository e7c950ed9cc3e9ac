//! The weekday field of a cron expression: from the numbers of Unix to names, which mean the same everywhere.

/// Puts weekdays as Unix means them into names; `None` when they are none.
///
/// The crate counts from Sunday as 1, people from Monday as 1.
pub(super) fn named(field: &str) -> Option<String> {
    const WORDS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let mut week = [false; 7];
    for item in field.split(',') {
        let (span, step) = match item.split_once('/') {
            Some((span, step)) => (span, Some(step.parse::<usize>().ok().filter(|step| (1..=7).contains(step))?)),
            None => (item, None),
        };
        let (first, last) = match span.split_once('-') {
            Some((first, last)) => (weekday(first)?, weekday(last)?),
            None if matches!(span, "*" | "?") => (0, 6),
            None => (weekday(span)?, if step.is_some() { 6.max(weekday(span)?) } else { weekday(span)? }),
        };
        // A range may pass the end of the week, as in Sat-Sun.
        let last = if last < first { last + 7 } else { last };
        (first..=last).step_by(step.unwrap_or(1)).for_each(|day| week[day % 7] = true);
    }
    if week == [true; 7] {
        return Some("*".to_owned());
    }
    let names: Vec<_> = WORDS.into_iter().zip(week).filter(|(_, on)| *on).map(|(word, _)| word).collect();
    Some(names.join(","))
}

/// A day of the week as Unix counts, 0 to 7.
fn weekday(word: &str) -> Option<usize> {
    match word.to_ascii_lowercase().as_str() {
        "0" | "sun" | "sunday" => Some(0),
        "1" | "mon" | "monday" => Some(1),
        "2" | "tue" | "tues" | "tuesday" => Some(2),
        "3" | "wed" | "wednesday" => Some(3),
        "4" | "thu" | "thurs" | "thursday" => Some(4),
        "5" | "fri" | "friday" => Some(5),
        "6" | "sat" | "saturday" => Some(6),
        "7" => Some(7),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn weekday_numbers_are_those_of_unix() {
        let named = |field: &str| named(field).unwrap_or_else(|| panic!("{field}"));
        let fields = [
            ("0", "sun"),
            ("7", "sun"),
            ("1", "mon"),
            ("6", "sat"),
            ("1-5", "mon,tue,wed,thu,fri"),
            ("Mon-FRIDAY", "mon,tue,wed,thu,fri"),
            ("5-7", "sun,fri,sat"),
            ("Sat-Sun", "sun,sat"),
            ("Fri-Mon", "sun,mon,fri,sat"),
            ("0-7", "*"),
            ("*", "*"),
            ("?", "*"),
            ("*/2", "sun,tue,thu,sat"),
            ("1-5/2", "mon,wed,fri"),
            ("3/2", "wed,fri"),
            ("1,3,Sun", "sun,mon,wed"),
        ];
        for (field, days) in fields {
            assert_eq!(named(field), days, "{field}");
        }
    }
}
