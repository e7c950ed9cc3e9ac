//! The directory of services: which of them are near a place, and what a message says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::file::practice::{Area, Service, Shelf};
use super::template::SERVICE;
use crate::domain::lang::Text;
use crate::domain::place::Place;
use crate::settings::Settings;
use crate::text;

/// The services of an organisation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Directory {
    /// The files.
    pub shelf: Shelf<Service>,
}

/// How near a service is; the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is for this very place.
    Here,
    /// It is for the whole county.
    County,
    /// It is for the whole country.
    Everywhere,
    /// It is for another place in the county: somebody may tell of it, and no message does.
    Around,
}

impl How {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            How::Here => "here",
            How::County => "county",
            How::Everywhere => "everywhere",
            How::Around => "around",
        }
    }

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

    /// What services are, in a word each.
    pub fn kinds(&self) -> BTreeSet<String> {
        self.all().into_iter().map(|service| service.kind).collect()
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
        Place::all().iter().map(one).collect()
    }
}

/// The variables that services bring, in a language.
pub fn variables<'a>(
    kinds: impl IntoIterator<Item = (&'a String, &'a Service)>,
    language: &str,
) -> BTreeMap<String, String> {
    let one = |(kind, service): (&String, &Service)| (format!("{SERVICE}{kind}"), service.said(language).to_owned());
    kinds.into_iter().map(one).collect()
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
