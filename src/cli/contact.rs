//! stub
use super::{Ctx, Exit};
/// x
#[derive(Debug, clap::Subcommand)]
pub enum ContactCommand {
    /// x
    X,
}
/// x
pub async fn run(_c: &Ctx, _a: ContactCommand) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
