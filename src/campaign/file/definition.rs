//! A checked campaign as it is stored and carried out. Knows nothing of the file it came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::wanted::Wanted;
use crate::domain::channel::Channel;
use crate::domain::gather::Gather;
use crate::domain::rate::Rate;
use crate::domain::span::Span;
use crate::domain::window::Window;
use crate::words;

/// A campaign without mistakes. It is kept as JSON, sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// CAMPAIGN: the file's stem.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it is to reach.
    pub goal: Option<String>,
    /// Why we may use these numbers.
    pub basis: String,
    /// The first day on which a message may go out.
    #[serde(with = "day")]
    pub starts: Date,
    /// The last day.
    #[serde(with = "day")]
    pub ends: Date,
    /// The list, by its path from the folder of campaigns.
    pub list: String,
    /// Variable to column of the list; `phone` or `handle` is always among them.
    pub columns: BTreeMap<String, String>,
    /// The platform of all handles, in a campaign by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Whether a plan is only made when every partner has answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wait_for_partners: bool,
    /// Variable to the values of which a row must have one.
    #[serde(rename = "where")]
    pub filter: BTreeMap<String, Vec<String>>,
    /// Channels in the order in which they are tried, by their word.
    pub channels: Vec<String>,
    /// The account that sends by the first channel.
    pub account: String,
    /// The accounts of the other channels, by channel.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub further: BTreeMap<String, String>,
    /// A digest of how the accounts are set up; none when it was checked without an installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_digest: Option<String>,
    /// A digest of what its messages say of services; none when they name none, or it was checked without an installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services_digest: Option<String>,
    /// Who says hello, where a variant names nobody else; none when each names somebody. Ask [`sender_of`](Self::sender_of).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The image that goes with the message, where a variant has no other: ask [`image_of`](Self::image_of).
    pub image: Option<Image>,
    /// Whether people whose language is not among the texts are left out.
    pub require_language: bool,
    /// The versions of the message; at least one.
    pub variants: Vec<Variant>,
    /// When messages may go out.
    pub window: Window,
    /// How fast.
    pub rate: Rate,
    /// What follows a message.
    pub follow_ups: Vec<FollowUp>,
    /// How people do it, in a campaign of calls or by hand: of calls the one variant is the script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<Calls>,
    /// What counts as a result.
    #[serde(rename = "outcome", default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Wanted>,
}

/// How people do it, when a call or a message by hand is the approach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// How often a call is tried; at least 1.
    pub attempts: u32,
    /// From the day on which it comes on the list to the day on which it lapses.
    pub within: Span,
}

/// An image, bound to its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its path from the folder of campaigns.
    pub path: String,
    /// SHA-256 of its bytes, in hex.
    pub hash: String,
}

impl Image {
    /// Its name under our own `/media/`: nobody guesses it, and it changes with the image.
    pub fn public_name(&self) -> String {
        let ending = Path::new(&self.path).extension().and_then(|ending| ending.to_str()).unwrap_or("png");
        format!("{}.{}", self.hash, ending.to_ascii_lowercase())
    }
}

/// One version of a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name in reports.
    pub name: String,
    /// How many get it, in proportion to the others' weights; at least 1.
    pub weight: u32,
    /// Language code to text.
    pub texts: BTreeMap<String, String>,
    /// Who says hello in it, when that is another than the campaign's sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The image that goes with it, when that is another than the campaign's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// The provider's template that says the text, where the channel asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Provided>,
}

/// A template that the provider has approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provided {
    /// Its name with the provider.
    pub name: String,
    /// Language code to the provider's code, for every language of the texts.
    pub languages: BTreeMap<String, String>,
    /// What goes into the places of the body, in order.
    pub variables: Vec<Place>,
    /// The titles of its quick-reply buttons, in order.
    pub buttons: Vec<String>,
}

/// What goes into one place of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The place's name; none where places are numbered.
    pub name: Option<String>,
    /// What goes in, with our variables.
    pub text: String,
}

/// A call some days after the message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// From the day on which the message was accepted to the day on which the call falls due.
    pub after: Span,
    /// From the due day to the day on which it lapses.
    pub within: Span,
    /// What makes the call needless; an opt-out always does.
    pub unless: Vec<Unless>,
    /// How often it is tried; at least 1.
    pub attempts: u32,
    /// Language code to what to say; empty when there is no script.
    pub scripts: BTreeMap<String, String>,
}

words! {
    /// What makes a follow-up needless.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Unless {
        /// The person answered.
        Replied = "replied",
        /// The person came.
        Visited = "visited",
    }

    /// Every word.
    pub const ALL;
    /// The word in campaign files.
    pub fn as_str;
    /// Reads the word; `None` when it is none of ours.
    pub fn parse;
}

impl Definition {
    /// Whether the approach is a call.
    pub fn is_calls(&self) -> bool {
        self.calls.is_some() && !self.is_by_hand()
    }

    /// Whether people write the messages themselves.
    pub fn is_by_hand(&self) -> bool {
        self.channel() == Channel::Manual
    }

    /// The variable that says who somebody is: `phone`, or `handle` in a campaign by hand.
    pub fn address(&self) -> &'static str {
        if self.is_by_hand() && self.columns.contains_key("handle") { "handle" } else { "phone" }
    }

    /// The channel by which messages go out.
    pub fn channel(&self) -> Channel {
        let first = self.channels.first().and_then(|word| Channel::parse(word));
        first.unwrap_or(if self.calls.is_some() { Channel::Call } else { Channel::Sms })
    }

    /// The channels in the order in which they are tried, each with its account.
    pub fn routes(&self) -> Vec<(Channel, &str)> {
        let mut routes = vec![(self.channel(), self.account.as_str())];
        let others = self.channels.iter().skip(1);
        routes.extend(others.filter_map(|word| Some((Channel::parse(word)?, self.further.get(word)?.as_str()))));
        routes
    }

    /// The account that sends by a channel.
    pub fn account_of(&self, channel: Channel) -> Option<&str> {
        self.routes().into_iter().find(|(of, _)| *of == channel).map(|(_, account)| account)
    }

    /// Who says hello in a variant: `{{ sender }}`.
    pub fn sender_of(&self, variant: &str) -> &str {
        let own = self.variant(variant).and_then(|variant| variant.sender.as_deref()).or(self.sender.as_deref());
        // A variant that is gone had a sender too; somebody must say hello.
        own.or_else(|| self.senders().into_iter().next()).unwrap_or_default()
    }

    /// Everybody who says hello in one of the variants.
    pub fn senders(&self) -> BTreeSet<&str> {
        self.variants.iter().filter_map(|variant| variant.sender.as_deref().or(self.sender.as_deref())).gather()
    }

    /// The image that goes with a variant.
    pub fn image_of(&self, variant: &str) -> Option<&Image> {
        self.variant(variant).and_then(|variant| variant.image.as_ref()).or(self.image.as_ref())
    }

    /// Every image that the campaign names.
    pub fn images(&self) -> impl Iterator<Item = &Image> {
        self.image.iter().chain(self.variants.iter().filter_map(|variant| variant.image.as_ref()))
    }

    /// Whether messages that were planned with this would say something else of services by now.
    pub fn tells_other_services(&self, now: &Definition) -> bool {
        self.services_digest.is_some() && self.services_digest != now.services_digest
    }

    fn variant(&self, name: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Where the list stands.
    pub fn list_in(&self, folder: &Path) -> PathBuf {
        folder.join(&self.list)
    }
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Definition").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for FollowUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FollowUp").field("after", &self.after).finish_non_exhaustive()
    }
}

/// A date as people write it: `2026-12-01`.
mod day {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(date: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(date)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}
