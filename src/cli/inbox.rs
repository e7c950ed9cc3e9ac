//! stub
use super::{Ctx, Exit};
/// x
#[derive(Debug, clap::Subcommand)]
pub enum InboxCommand {
    /// x
    X,
}
/// x
pub async fn run(_c: &Ctx, _a: InboxCommand) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
