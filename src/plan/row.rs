//! A row of a list becomes drafts, one a number or handle; a draft that is eligible becomes a letter. Pure: asks no database.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::error::PlanError;
use super::filled;
use super::lots::Lots;
use super::mark::{Mark, Openness};
use crate::campaign::directory::{self, Directory};
use crate::campaign::file::practice::Service;
use crate::campaign::file::{Definition, Image, Variant};
use crate::campaign::list::{List, ListError, Row};
use crate::campaign::template::{SERVICE, Template, TemplateError};
use crate::domain::channel::Channel;
use crate::domain::decision::Decision;
use crate::domain::gather::Gather;
use crate::domain::handle::Handle;
use crate::domain::language::{self, pick_language};
use crate::domain::phone::{self, PhoneNumber, Region};
use crate::domain::place::Place;
use crate::domain::private::Private;
use crate::settings::{MayOpen, Settings};
use crate::store::DbError;
use crate::store::blind::Blind;
use crate::store::message::Letter;
use crate::vault::Vault;

/// One number or handle of one row, before the ledger is asked.
pub(super) struct Draft {
    /// The row's line.
    pub line: i64,
    /// The address's blind index.
    pub blind: Option<Blind>,
    /// A decision that needs no ledger: invalid, filtered.
    pub early: Option<Decision>,
    address: Option<Address>,
    fields: BTreeMap<String, Private>,
}

/// Where somebody is found.
enum Address {
    Number(PhoneNumber),
    Handle(Handle),
}

impl Address {
    /// As the ledger knows it.
    fn expose(&self) -> &str {
        match self {
            Address::Number(number) => number.expose(),
            Address::Handle(handle) => handle.address().expose(),
        }
    }

    /// Whether a channel may lead there.
    fn takes(&self, channel: Channel) -> bool {
        match (self, channel) {
            (Address::Handle(_), Channel::Manual) => true,
            (Address::Handle(_), _) => false,
            (Address::Number(number), Channel::Call) => number.kind().takes_calls(),
            (Address::Number(number), _) => number.kind().takes_sms(),
        }
    }
}

impl Draft {
    /// The number, where it has one: handles are nothing that partners are asked about.
    pub fn number(&self) -> Option<Private> {
        match &self.address {
            Some(Address::Number(number)) => Some(Private::new(number.expose().to_owned())),
            _ => None,
        }
    }
}

/// A channel of a campaign, and the account that serves it.
pub(super) struct Route {
    pub channel: Channel,
    pub account: String,
    /// Whether the account may open a conversation with anyone.
    pub anyone: bool,
}

/// What the scripts of a campaign name that are filled in only when somebody calls.
fn scripted(definition: &Definition) -> BTreeSet<String> {
    let follow_ups = definition.follow_ups.iter().flat_map(|follow_up| follow_up.scripts.values());
    // A call in another language than was planned.
    let calls = definition.variants.iter().filter(|_| definition.is_calls()).flat_map(|variant| variant.texts.values());
    let named = |script: &String| Template::new(script).map(|script| script.variables().clone()).unwrap_or_default();
    follow_ups.chain(calls).flat_map(named).gather()
}

/// What an eligible draft becomes.
pub(super) struct Written {
    pub letter: Letter,
    pub channel: Channel,
    pub variant: String,
    pub language: String,
}

/// What a letter cannot be written for.
enum Lacks {
    /// A service that is not near.
    Service,
    /// Something else.
    Other(Decision),
}

impl Lacks {
    fn decision(self) -> Decision {
        match self {
            Lacks::Service => Decision::MissingField,
            Lacks::Other(decision) => decision,
        }
    }
}

impl From<Decision> for Lacks {
    fn from(decision: Decision) -> Self {
        Lacks::Other(decision)
    }
}

/// The variable that says where somebody is.
const REGION: &str = "region";

/// Reads rows and writes letters for one campaign.
pub struct Writer {
    definition: Definition,
    region: Region,
    languages: Vec<String>,
    fixed: BTreeMap<String, String>,
    templates: BTreeMap<(String, String), Template>,
    routes: Vec<Route>,
    /// The variables that a script names which is filled in on the day of the call.
    scripted: BTreeSet<String>,
    /// The services near each place, by its number; empty where the organisation has none.
    near: BTreeMap<&'static str, BTreeMap<String, Service>>,
}

impl Writer {
    /// A writer for a checked campaign in this house.
    ///
    /// # Errors
    /// When a text of the campaign is no template; `check` would have said so.
    pub fn new(definition: &Definition, settings: &Settings) -> Result<Self, PlanError> {
        let organisation = &settings.organisation;
        let directory = Directory::of(settings);
        let mut templates = BTreeMap::new();
        for variant in &definition.variants {
            for (language, text) in &variant.texts {
                let template = Template::new(text).map_err(|_| DbError::Unknown("template"))?;
                templates.insert((variant.name.clone(), language.clone()), template);
            }
        }
        let route = |(channel, account): (Channel, &str)| {
            let may_open = settings.gateways.get(account).map(crate::settings::Account::may_open);
            let anyone = channel.is_by_people() || may_open.unwrap_or_default() == MayOpen::Anyone;
            Route { channel, account: account.to_owned(), anyone }
        };
        Ok(Self {
            definition: definition.clone(),
            region: organisation.region,
            languages: organisation.languages.clone(),
            fixed: BTreeMap::from([
                ("organisation".to_owned(), organisation.name.clone()),
                ("services".to_owned(), organisation.services.clone()),
            ]),
            scripted: scripted(definition),
            templates,
            routes: definition.routes().into_iter().map(route).collect(),
            near: if directory.all().is_empty() { BTreeMap::new() } else { directory.nearest() },
        })
    }

    /// The columns of the list that the campaign reads, in the order in which rows are read: the number's or handle's first.
    ///
    /// # Errors
    /// When the list lacks one of them.
    pub fn columns(&self, list: &List) -> Result<Vec<usize>, ListError> {
        let named = self.definition.columns.get(self.definition.address()).map(String::as_str);
        let mut columns = vec![match named {
            Some(handle) if self.definition.address() == "handle" => list.column(handle)?,
            phone => list.phone_column(phone, self.region)?,
        }];
        for (_, column) in self.fields() {
            columns.push(list.column(column)?);
        }
        Ok(columns)
    }

    /// The drafts of a row: one for each number, one for a handle, or one that is invalid.
    pub(super) fn read(&self, vault: &Vault, row: &Row) -> Vec<Draft> {
        let line = i64::try_from(row.line).unwrap_or(i64::MAX);
        let mut cells = row.cells.iter();
        let cell = cells.next().map_or("", |cell| cell.expose().as_str());
        let fields: BTreeMap<String, Private> =
            self.fields().zip(cells).map(|((name, _), cell)| (name.clone(), cell.clone())).gather();
        let addresses = self.addresses(cell, &fields);
        if addresses.is_empty() {
            return vec![Draft { line, blind: None, early: Some(Decision::Invalid), address: None, fields }];
        }
        let filtered = self.is_filtered(&fields).then_some(Decision::Filtered);
        let draft = |address: Address| Draft {
            line,
            blind: Some(vault.blind(address.expose())),
            early: filtered,
            address: Some(address),
            fields: fields.clone(),
        };
        addresses.into_iter().map(draft).collect()
    }

    /// The numbers in a cell, or its handles: `instagram:anna`, or a nick on the platform of the row or the list.
    fn addresses(&self, cell: &str, fields: &BTreeMap<String, Private>) -> Vec<Address> {
        if self.definition.address() == "phone" {
            return phone::find_numbers(cell, self.region).numbers.into_iter().map(Address::Number).collect();
        }
        let own = fields.get("platform").map(|cell| cell.expose().trim()).filter(|cell| !cell.is_empty());
        let platform = own.or(self.definition.platform.as_deref());
        let region = self.region;
        let handle = |written: &str| Handle::parse(written, region).or_else(|| Handle::on(platform?, written, region));
        let mut handles: Vec<Handle> = cell.split([',', ';', '\n']).filter_map(handle).collect();
        // The same nickname twice in a cell is one.
        let mut seen = HashSet::new();
        handles.retain(|handle| seen.insert(handle.address().expose().clone()));
        handles.into_iter().map(Address::Handle).collect()
    }

    /// The urns from which versions are drawn.
    pub(super) fn lots(&self) -> Lots {
        Lots::new(&self.definition.name, self.definition.variants.iter().map(|variant| variant.weight))
    }

    /// The place of a version, by its name.
    pub(super) fn variant(&self, name: &str) -> Option<u8> {
        let place = self.definition.variants.iter().position(|variant| variant.name == name)?;
        u8::try_from(place).ok()
    }

    /// Writes an eligible draft's letter, or says what the row lacks.
    pub(super) fn write(
        &self,
        draft: &Draft,
        known: Option<&str>,
        mark: &Mark,
        lots: &mut Lots,
    ) -> Result<Written, Decision> {
        let (Some(address), Some(blind)) = (&draft.address, draft.blind) else { return Err(Decision::Invalid) };
        let named = draft.fields.get("language").map(|cell| cell.expose().as_str());
        let wanted = named.filter(|word| language::parse(word).is_some()).or(known).or(named);
        let group = self.group(draft, wanted);
        let drawn = mark.variant.map_or_else(|| lots.look(&group, &blind), usize::from);
        match self.fill(draft, address, drawn, wanted, mark.openness) {
            // Nothing of that kind is near: one of the versions that promise none.
            Err(Lacks::Service) => {
                let plain: Vec<bool> = self.definition.variants.iter().map(|variant| !self.promises(variant)).collect();
                let other = lots.look_among(&group, &blind, &plain).ok_or(Decision::MissingField)?;
                let filled = self.fill(draft, address, other, wanted, mark.openness).map_err(Lacks::decision)?;
                lots.take_among(group, other, &plain);
                Ok(filled)
            }
            filled => {
                let filled = filled.map_err(Lacks::decision)?;
                lots.take(group, drawn);
                Ok(filled)
            }
        }
    }

    /// Writes one version.
    fn fill(
        &self,
        draft: &Draft,
        address: &Address,
        drawn: usize,
        wanted: Option<&str>,
        openness: Openness,
    ) -> Result<Written, Lacks> {
        let variant = &self.definition.variants[drawn];
        let mut channels = self.channels(address, variant, openness)?.into_iter();
        let channel = channels.next().ok_or(Decision::NotAllowed)?;
        let language = pick_language(wanted, &variant.texts, &self.languages, self.definition.require_language)
            .map_err(|_| Decision::NoLanguage)?
            .to_owned();
        let key = (variant.name.clone(), language.clone());
        let template = self.templates.get(&key).ok_or(Decision::NoLanguage)?;
        let values = self.values(draft, &variant.name, &language);
        let text = template.render(&values).map_err(|error| match error {
            TemplateError::Missing(name) if name.starts_with(SERVICE) => Lacks::Service,
            _ => Lacks::Other(Decision::MissingField),
        })?;
        let template = filled::template(variant, &language, &values).ok_or(Decision::MissingField)?;
        let media = self.definition.image_of(&variant.name).map(Image::public_name);
        let then = channels.map(|channel| channel.as_str().to_owned()).collect();
        let (to, region) = (address.expose().to_owned(), self.region_of(draft));
        let letter = Letter { to, text, media, template, then, region, cells: self.cells_of(draft) };
        Ok(Written { letter, channel, variant: key.0, language })
    }

    /// Within what versions are balanced: the language and the region of a row.
    fn group(&self, draft: &Draft, language: Option<&str>) -> (String, String) {
        let language = language.and_then(language::parse).unwrap_or_default();
        let region = draft.fields.get(REGION).map_or("", |cell| cell.expose().trim());
        (language, region.to_lowercase())
    }

    /// The campaign's name.
    pub fn campaign(&self) -> &str {
        &self.definition.name
    }

    /// The channels that it writes for, in the order in which they are tried.
    pub(super) fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The channels by which somebody can be written to, in the order in which they are tried; at least one.
    fn channels(&self, address: &Address, variant: &Variant, open: Openness) -> Result<Vec<Channel>, Decision> {
        let mut order: Vec<(u8, &Route)> = (0..).zip(&self.routes).collect();
        order.sort_by_key(|(n, _)| open.prefers != Some(*n));
        order.retain(|(_, route)| address.takes(route.channel));
        if order.is_empty() {
            return Err(Decision::WrongType);
        }
        let templated = variant.template.is_some() || open.in_window;
        order.retain(|(n, route)| open.may_open & (1 << n) != 0 && (templated || route.channel != Channel::WhatsApp));
        if order.is_empty() { Err(Decision::NotAllowed) } else { Ok(order.iter().map(|(_, r)| r.channel).collect()) }
    }

    fn fields(&self) -> impl Iterator<Item = (&String, &String)> {
        self.definition.columns.iter().filter(|(name, _)| *name != self.definition.address())
    }

    fn is_filtered(&self, fields: &BTreeMap<String, Private>) -> bool {
        self.definition.filter.iter().any(|(name, allowed)| {
            let cell = fields.get(name).map_or("", |cell| cell.expose().trim());
            !allowed.iter().any(|word| word.trim().to_lowercase() == cell.to_lowercase())
        })
    }

    fn values(&self, draft: &Draft, variant: &str, language: &str) -> BTreeMap<String, String> {
        let cells = draft.fields.iter().map(|(name, cell)| (name.clone(), cell.expose().clone()));
        let place = draft.fields.get(REGION).and_then(|cell| Place::one(cell.expose()));
        let near = place.and_then(|place| self.near.get(place.number)).into_iter().flatten();
        let sender = ("sender".to_owned(), self.definition.sender_of(variant).to_owned());
        self.fixed.clone().into_iter().chain([sender]).chain(cells).chain(directory::variables(near, language)).gather()
    }

    /// Where the person is, as the row has it; only where services are offered by place.
    fn region_of(&self, draft: &Draft) -> Option<String> {
        let cell = draft.fields.get(REGION).map(|cell| cell.expose().trim()).filter(|cell| !cell.is_empty());
        cell.filter(|_| !self.near.is_empty()).map(str::to_owned)
    }

    /// What a script will name of the row; nothing else of it is kept.
    fn cells_of(&self, draft: &Draft) -> BTreeMap<String, String> {
        let named = draft.fields.iter().filter(|(name, _)| self.scripted.contains(*name));
        named.map(|(name, cell)| (name.clone(), cell.expose().trim().to_owned())).gather()
    }

    /// Whether a version names a service in one of its languages.
    fn promises(&self, variant: &Variant) -> bool {
        let named = |template: &Template| template.variables().iter().any(|name| name.starts_with(SERVICE));
        self.templates.iter().any(|((name, _), template)| *name == variant.name && named(template))
    }
}
