//! What the linter is told of the installation, for commands.

use super::Ctx;
use crate::campaign::house;
use crate::campaign::lint::{House, Words};
use crate::say;
use crate::settings::Settings;

/// The house as the linter sees it; without settings only the words that come with Lykt.
pub(super) fn house(ctx: &Ctx, settings: Option<&Settings>) -> House {
    let Some(settings) = settings else { return House { words: Words::ours(), ..House::default() } };
    let (house, wrong) = house::of(settings);
    if let Some(why) = wrong {
        eprintln!("{}", say!(ctx.lang, "your own words are left out: {why}", "deres egne ord er utelatt: {why}"));
    }
    house
}
