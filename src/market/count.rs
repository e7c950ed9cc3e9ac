//! One count: numbers that can be right together.

use super::Counted;
use crate::domain::lang::Text;
use crate::domain::week::Week;
use crate::{text, words};

/// More ads than any platform has.
const MOST: i64 = 10_000_000;

words! {
    /// What is counted.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Figure {
        /// All ads.
        Ads = "ads",
        /// By women.
        Women = "women",
        /// By men.
        Men = "men",
        /// By trans persons.
        Trans = "trans",
        /// By others, or unknown.
        Other = "other",
        /// New since the week before.
        New = "new",
        /// Gone since the week before.
        Gone = "gone",
    }

    /// All of them, in the order of a form.
    pub const ALL;
    /// The word in CSV, JSON and forms.
    pub fn as_str;
}

impl Figure {
    /// What people call it.
    pub fn text(self) -> Text {
        match self {
            Figure::Ads => text!("ads", "annonser"),
            Figure::Women => text!("women", "kvinner"),
            Figure::Men => text!("men", "menn"),
            Figure::Trans => text!("trans persons", "transpersoner"),
            Figure::Other => text!("others", "andre"),
            Figure::New => text!("new", "nye"),
            Figure::Gone => text!("gone", "borte"),
        }
    }
}

/// A count: what was seen, and nothing of what was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count([Option<i64>; 7]);

/// Why a count cannot be right; says what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub Text);

impl Count {
    /// Reads what was written for each figure; blank is not counted. Without `ads`, all four groups together are it.
    ///
    /// # Errors
    /// When a figure is none, or they cannot all be right.
    pub fn parse<'a>(written: impl Fn(Figure) -> Option<&'a str>) -> Result<Self, Wrong> {
        let mut count = Self::default();
        for figure in Figure::ALL {
            let Some(word) = written(figure).map(str::trim).filter(|word| !word.is_empty()) else { continue };
            let digits: String = word.chars().filter(|c| !c.is_whitespace()).collect();
            let number = digits.parse::<i64>().ok().filter(|n| (0..=MOST).contains(n));
            let Some(number) = number else {
                let Text { en, nb } = figure.text();
                return Err(Wrong(text!(
                    "{en}: write a whole number from 0, or leave it empty",
                    "{nb}: skriv et helt tall fra 0, eller la det stå tomt"
                )));
            };
            count.0[figure as usize] = Some(number);
        }
        count.judged()
    }

    fn judged(mut self) -> Result<Self, Wrong> {
        let groups = [Figure::Women, Figure::Men, Figure::Trans, Figure::Other].map(|figure| self.get(figure));
        let sum: i64 = groups.iter().flatten().sum();
        let all = groups.iter().all(Option::is_some);
        let ads = match self.get(Figure::Ads) {
            Some(ads) => ads,
            None if all => sum,
            None => {
                return Err(Wrong(text!(
                    "write how many ads there are in all",
                    "skriv hvor mange annonser det er i alt"
                )));
            }
        };
        self.0[Figure::Ads as usize] = Some(ads);
        if sum > ads || (all && sum != ads) {
            return Err(Wrong(text!(
                "the groups are {sum} together, and the ads {ads}: look at them again",
                "gruppene er {sum} til sammen, og annonsene {ads}: se på dem en gang til"
            )));
        }
        if let Some(new) = self.get(Figure::New).filter(|new| *new > ads) {
            return Err(Wrong(text!(
                "{new} of {ads} cannot be new: look at them again",
                "{new} av {ads} kan ikke være nye: se på dem en gang til"
            )));
        }
        Ok(self)
    }

    /// A figure; `None` when it was not counted.
    pub fn get(&self, figure: Figure) -> Option<i64> {
        self.0[figure as usize]
    }

    /// As it is written down.
    pub(super) fn by(&self, platform: &str, week: Week, by: &str, at: i64) -> Counted {
        Counted {
            platform: platform.to_owned(),
            week,
            ads: self.get(Figure::Ads).unwrap_or_default(),
            women: self.get(Figure::Women),
            men: self.get(Figure::Men),
            trans: self.get(Figure::Trans),
            other: self.get(Figure::Other),
            fresh: self.get(Figure::New),
            gone: self.get(Figure::Gone),
            by: by.to_owned(),
            at,
            replaced_at: None,
        }
    }
}

impl From<&Counted> for Count {
    fn from(one: &Counted) -> Self {
        Self([Some(one.ads), one.women, one.men, one.trans, one.other, one.fresh, one.gone])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(written: &[(&str, &str)]) -> Result<Count, Wrong> {
        Count::parse(|figure| written.iter().find(|(name, _)| *name == figure.as_str()).map(|(_, word)| *word))
    }

    #[test]
    fn a_count_is_right_when_its_groups_fit_into_the_ads() {
        assert_eq!(count(&[("ads", "1 500")]).unwrap().get(Figure::Ads), Some(1500));
        let some = count(&[("ads", "100"), ("women", "80"), ("men", ""), ("new", "0")]).unwrap();
        assert_eq!((some.get(Figure::Women), some.get(Figure::Men), some.get(Figure::New)), (Some(80), None, Some(0)));
        let summed = count(&[("women", "80"), ("men", "10"), ("trans", "5"), ("other", "5")]).unwrap();
        assert_eq!(summed.get(Figure::Ads), Some(100));
    }

    #[test]
    fn what_cannot_be_right_is_refused_with_what_to_do() {
        for wrong in [
            &[][..],
            &[("ads", "-1")],
            &[("ads", "mange")],
            &[("ads", "99999999999999999999")],
            &[("ads", "10"), ("women", "11")],
            &[("ads", "10"), ("new", "11")],
            &[("women", "10")],
            &[("ads", "10"), ("women", "1"), ("men", "1"), ("trans", "1"), ("other", "1")],
        ] {
            let Err(Wrong(why)) = count(wrong) else { panic!("{wrong:?}") };
            assert!(!why.en.is_empty() && !why.nb.is_empty());
        }
    }
}
