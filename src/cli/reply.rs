//! stub
use super::{Ctx, Exit};
/// x
#[derive(Debug, clap::Subcommand)]
pub enum ReplyCommand {
    /// x
    X,
}
/// x
pub fn run(_c: &Ctx, _a: ReplyCommand) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
