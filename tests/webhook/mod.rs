//! Webhooks as providers send them, over real connections, on both databases.

mod answers;
mod house;
mod limits;
mod stored;
mod wire;
