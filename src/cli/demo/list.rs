//! A list as messy as real ones, made up afresh from a seed. Its numbers only ever reach the simulator.

/// Rows in the list.
pub(super) const ROWS: usize = 1_500;

/// A made-up list, and who in it has a past with us.
pub(super) struct MadeUp {
    /// The list as CSV, with a header.
    pub csv: String,
    /// Numbers that got a message some weeks ago, in E.164.
    pub contacted: Vec<String>,
    /// Numbers that said no, in E.164.
    pub noes: Vec<String>,
}

/// A small generator of our own: the same seed makes the same list.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides.max(1)
    }
}

const NAMES: [&str; 12] =
    ["Maria", "Ana", "Lisa", "Nok", "Irina", "Camila", "Bianca", "Eva", "Kim", "Alex", "Julia", "Mia"];
const PLACES: [&str; 5] = ["Oslo", "Oslo", "Oslo", "Bærum", "Bergen"];
const LANGUAGES: [&str; 9] = ["nb", "", "engelsk", "es", "ro", "th", "Norsk", "en", ""];
const RUBBISH: [&str; 6] = ["se annonse", "ring meg", "9I234567", "12345", "90000000.0", "spør på chat"];

/// Makes the list.
pub(super) fn make_up() -> MadeUp {
    let mut dice = Dice(20_261_201);
    let mut people: Vec<String> = Vec::new();
    let mut made =
        MadeUp { csv: String::from("telefon;navn;sted;språk;annonse\n"), contacted: Vec::new(), noes: Vec::new() };
    for row in 0..ROWS {
        let cell = match dice.roll(100) {
            0..=1 => RUBBISH[dice.roll(RUBBISH.len())].to_owned(),
            2 => format!("22 {:02} {:02} {:02}", 40 + dice.roll(50), dice.roll(100), dice.roll(100)),
            3..=15 if !people.is_empty() => {
                let known = people[dice.roll(people.len())].clone();
                spell(&known, dice.roll(10))
            }
            roll => {
                let number = format!("9{:07}", dice.roll(10_000_000));
                if roll < 24 {
                    made.contacted.push(format!("+47{number}"));
                } else if roll < 28 {
                    made.noes.push(format!("+47{number}"));
                }
                people.push(number.clone());
                let spelled = spell(&number, dice.roll(10));
                if roll == 99 {
                    let second = format!("9{:07}", dice.roll(10_000_000));
                    format!("{spelled} / {second}")
                } else {
                    spelled
                }
            }
        };
        let name = NAMES[dice.roll(NAMES.len())];
        let (place, language) = (PLACES[dice.roll(PLACES.len())], LANGUAGES[dice.roll(LANGUAGES.len())]);
        made.csv.push_str(&format!("\"{cell}\";{name};{place};{language};annonse {}\n", row + 1));
    }
    made
}

/// One of ten ways in which people write a number of eight digits.
fn spell(number: &str, way: usize) -> String {
    let (a, b, c, d) = (&number[..2], &number[2..4], &number[4..6], &number[6..]);
    match way {
        0 => number.to_owned(),
        1 => format!("{a} {b} {c} {d}"),
        2 => format!("+47 {} {c} {d}", &number[..4]),
        3 => format!("0047{number}"),
        4 => format!("47{number}"),
        5 => format!("(+47) {a}.{b}.{c}.{d}"),
        6 => format!("{} {} {}", &number[..3], &number[3..5], &number[5..]),
        7 => format!("tlf: {a} {b} {c} {d}, ring etter 12"),
        8 => number
            .chars()
            .map(|digit| char::from_u32(digit as u32 - '0' as u32 + '０' as u32).unwrap_or(digit))
            .collect(),
        _ => format!("{a}\u{a0}{b}-{c}\u{200b}{d}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_made_up_list_is_the_same_every_time() {
        let list = make_up();
        assert_eq!(list.csv, make_up().csv);
        assert_eq!(list.csv.lines().count(), ROWS + 1);
        assert!(list.contacted.len() > 50 && list.noes.len() > 20);
    }
}
