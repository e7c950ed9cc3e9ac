//! stub
use super::{Ctx, Exit};
/// x
#[derive(Debug, clap::Args)]
pub struct CheckArgs {}
/// x
pub fn run(_c: &Ctx, _a: CheckArgs) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
/// x
pub fn show_mistakes(_c: &Ctx, _k: &crate::campaign::file::Checked) {}
