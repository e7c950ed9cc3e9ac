//! `[[platform]]`: where the group is, who is there, what its rules are, and how we are there.

use std::path::Path;

use jiff::civil::Date;

use super::entry::{Entry, Readable, both, line, name, read_file};
use super::kind::Kind;
use crate::campaign::file::checked::Checked;
use crate::campaign::file::mistake::Mistakes;
use crate::campaign::file::schema::{Key, key};
use crate::campaign::file::section::Section;
use crate::domain::lang::Text;
use crate::text;

/// A platform on which the group is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// What it is known by; counts are kept under it.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// Where it is.
    pub address: Option<String>,
    /// Who is there.
    pub audience: Option<Text>,
    /// What it allows and demands.
    pub rules: Option<Text>,
    /// The profile we have there.
    pub profile: Option<String>,
    /// Who looks after it.
    pub owner: Option<String>,
    /// The day on which it is looked at again.
    pub review: Option<Date>,
}

impl Entry for Platform {
    const KIND: Kind = Kind::Platforms;

    fn name(&self) -> &str {
        &self.name
    }

    fn read_all(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Self>) {
        read_file(path, folder, today)
    }
}

impl Readable for Platform {
    const SECTION: &'static str = "platform";
    const KEYS: &'static [Key] = &[
        key("", "platform", "[[platform]]"),
        key("platform", "name", "name = \"x\""),
        key("platform", "title", "title = \"X\""),
        key("platform", "address", "address = \"x.example\""),
        key("platform", "audience", "audience.nb = \"mest kvinner, hele landet\""),
        key("platform", "rules", "rules.nb = \"én melding om dagen\""),
        key("platform", "profile", "profile = \"Lykten Oslo\""),
        key("platform", "owner", "owner = \"Kari\""),
        key("platform", "review", "review = 2027-01-01"),
    ];
    const REQUIRED: &'static [&'static str] = &["name", "title"];

    fn read(section: &Section<'_>, today: Option<Date>, m: &mut Mistakes) -> Option<Self> {
        section.need(Self::REQUIRED, m);
        let name = name(section, "name", m);
        let title = both(section, "title", m);
        let own = |key: &'static str, m: &mut Mistakes| line(section, key, m).map(|said| said.text);
        let review = section.date("review", m);
        if let (Some((date, span)), Some(today)) = (&review, today)
            && *date <= today
        {
            m.warn(
                "old",
                span,
                text!("this day has come", "denne dagen er kommet"),
                text!(
                    "look whether all of it is still right, and write the next day here",
                    "se om alt fortsatt stemmer, og skriv neste dag her"
                ),
            );
        }
        Some(Self {
            address: own("address", m),
            audience: both(section, "audience", m),
            rules: both(section, "rules", m),
            profile: own("profile", m),
            owner: own("owner", m),
            review: review.map(|(date, _)| date),
            name: name?,
            title: title?,
        })
    }
}
