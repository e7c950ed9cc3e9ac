//! The directory of services: which of them are near a place, and what a message says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::json;

use super::file::Definition;
use super::file::practice::{Area, Service, Shelf};
use super::media;
use super::template::{SERVICE, Template};
use crate::domain::gather::Gather;
use crate::domain::lang::Text;
use crate::domain::place::Place;
use crate::settings::Settings;
use crate::{text, words};

/// The services of an organisation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The files.
    pub shelf: Shelf<Service>,
}

words! {
    /// How near a service is; the nearest first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
    pub enum How {
        /// It is for this very place.
        Here = "here",
        /// It is for the whole county.
        County = "county",
        /// It is for the whole country.
        Everywhere = "everywhere",
        /// It is for another place in the county: somebody may tell of it, and no message does.
        Around = "around",
    }

    /// The word in JSON.
    pub fn as_str;
}

impl How {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            How::Here => text!("here", "her"),
            How::County => text!("in the county", "i fylket"),
            How::Everywhere => text!("the whole country", "hele landet"),
            How::Around => text!("elsewhere in the county", "et annet sted i fylket"),
        }
    }
}

impl Directory {
    /// The services whose files stand among the campaigns of these settings.
    pub fn of(settings: &Settings) -> Self {
        Self::in_folder(settings.path(&settings.campaigns.folder))
    }

    /// The services whose files stand in a folder of campaigns.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { shelf: Shelf::of(folder) }
    }

    /// All services.
    pub fn all(&self) -> Vec<Service> {
        self.shelf.look().entries
    }

    /// A digest of what these messages say of services, and of whom they say it to; none when they name no service.
    pub fn digest(&self, definition: &Definition) -> Option<String> {
        let kinds = kinds_in(definition);
        if kinds.is_empty() {
            return None;
        }
        let named = self.all().into_iter().filter(|service| kinds.contains(&service.kind));
        let said = named.map(|Service { kind, areas, title, texts, .. }| {
            let places = areas.iter().map(|area| match area {
                Area::Everywhere => "everywhere",
                Area::In(place) => place.number,
            });
            json!([kind, places.collect::<Vec<_>>(), title.nb, title.en, texts])
        });
        let said = serde_json::Value::from(said.collect::<Vec<_>>());
        Some(media::hash_of(said.to_string().as_bytes()))
    }

    /// The services near a place, the nearest first.
    pub fn near(&self, place: &Place) -> Vec<(How, Service)> {
        near(&self.all(), place)
    }

    /// For each place its nearest service of each kind that a message may tell of, by the number of the place.
    pub fn nearest(&self) -> BTreeMap<&'static str, BTreeMap<String, Service>> {
        let all = self.all();
        let one = |place: &'static Place| {
            let mut kinds = BTreeMap::new();
            for (how, service) in near(&all, place) {
                if how != How::Around {
                    kinds.entry(service.kind.clone()).or_insert(service);
                }
            }
            (place.number, kinds)
        };
        Place::all().iter().map(one).gather()
    }
}

/// The variables that services bring, in a language.
pub fn variables<'a>(
    kinds: impl IntoIterator<Item = (&'a String, &'a Service)>,
    language: &str,
) -> BTreeMap<String, String> {
    let one = |(kind, service): (&String, &Service)| (format!("{SERVICE}{kind}"), service.said(language).to_owned());
    kinds.into_iter().map(one).gather()
}

/// The kinds of services that a campaign's messages name.
fn kinds_in(definition: &Definition) -> BTreeSet<String> {
    let texts = definition.variants.iter().flat_map(|variant| {
        let places = variant.template.iter().flat_map(|template| &template.variables);
        variant.texts.values().chain(places.map(|place| &place.text))
    });
    let named = |text: &String| Template::new(text).map(|template| template.variables().clone()).unwrap_or_default();
    texts.flat_map(named).filter_map(|name| name.strip_prefix(SERVICE).map(str::to_owned)).gather()
}

fn near(all: &[Service], place: &Place) -> Vec<(How, Service)> {
    let how = |area: &Area| match area {
        Area::Everywhere => Some(How::Everywhere),
        Area::In(other) if *other == place => Some(How::Here),
        Area::In(other) if other.covers(place) => Some(How::County),
        Area::In(other) => (other.county() == place.county()).then_some(How::Around),
    };
    let nearest = |service: &Service| Some((service.areas.iter().filter_map(how).min()?, service.clone()));
    let mut found: Vec<(How, Service)> = all.iter().filter_map(nearest).collect();
    found.sort_by_key(|(how, _)| *how);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("services")).unwrap();
        let one = |name: &str, kind: &str, place: &str| {
            format!(
                "[[service]]\nname = \"{name}\"\ntitle = \"{name}\"\nkind = \"{kind}\"\nwhere = [\"{place}\"]\nchecked = 2026-10-01\n"
            )
        };
        let all = [
            one("country", "lawyer", "Norge"),
            one("bergen", "sti_test", "Bergen"),
            one("vestland", "lawyer", "Vestland"),
            one("voss", "lawyer", "Voss"),
            one("oslo", "sti_test", "Oslo"),
        ];
        std::fs::write(folder.path().join("services/a.toml"), all.concat()).unwrap();
        let directory = Directory::in_folder(folder.path().to_owned());
        (folder, directory)
    }

    #[test]
    fn the_nearest_come_first_and_what_is_in_another_county_does_not() {
        let (_folder, directory) = directory();
        let near = |place: &str| {
            let found = directory.near(Place::one(place).unwrap());
            found.into_iter().map(|(how, service)| (how, service.name)).collect::<Vec<_>>()
        };
        let expected =
            [(How::Here, "bergen"), (How::County, "vestland"), (How::Everywhere, "country"), (How::Around, "voss")];
        assert_eq!(near("Bergen"), expected.map(|(how, name)| (how, name.to_owned())));
        assert_eq!(near("Alta"), [(How::Everywhere, "country".to_owned())]);
    }

    #[test]
    fn a_message_tells_of_the_nearest_of_each_kind_and_of_none_that_is_elsewhere() {
        let (_folder, directory) = directory();
        let nearest = directory.nearest();
        let said = |place: &str| variables(&nearest[Place::one(place).unwrap().number], "nb");
        let all = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(kind, name)| (format!("services.{kind}"), (*name).to_owned())).collect()
        };
        assert_eq!(said("Bergen"), all(&[("lawyer", "vestland"), ("sti_test", "bergen")]));
        assert_eq!(said("Voss"), all(&[("lawyer", "voss")]), "Bergen is not near enough to promise");
        assert_eq!(said("Alta"), all(&[("lawyer", "country")]));
    }
}
