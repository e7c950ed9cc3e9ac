//! Pictures that a provider fetches: only the image of a planned campaign, by the name that its bytes give it.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use axum::body::Bytes;
use tokio::sync::Mutex;
use tracing::warn;

use super::Webhooks;
use crate::campaign::file::Image;
use crate::campaign::media::{self, MOST_IMAGE};
use crate::store::{DbError, campaign};

/// Pictures kept in memory; a provider fetches the same one for every message.
const KEPT: usize = 8;

/// The folder of campaigns, and the pictures that were fetched last.
pub(super) struct Media {
    folder: PathBuf,
    kept: Mutex<HashMap<String, Bytes>>,
}

impl Media {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, kept: Mutex::default() }
    }
}

impl Webhooks {
    /// The picture of this name and its media type, if a campaign has it.
    pub(super) async fn picture(&self, name: &str) -> Result<Option<(&'static str, Bytes)>, DbError> {
        let Some(kind) = media_type(name) else { return Ok(None) };
        let mut kept = self.media.kept.lock().await;
        if let Some(bytes) = kept.get(name) {
            return Ok(Some((kind, bytes.clone())));
        }
        let Some(image) = self.image(name).await? else { return Ok(None) };
        let folder = self.media.folder.clone();
        let read = tokio::task::spawn_blocking(move || load(&folder, &image)).await.ok().flatten();
        let Some(bytes) = read else {
            warn!("a campaign's picture is not there any more, or was changed; it is not given out");
            return Ok(None);
        };
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(name.to_owned(), bytes.clone());
        Ok(Some((kind, bytes)))
    }

    async fn image(&self, name: &str) -> Result<Option<Image>, DbError> {
        let mut tx = self.db.read().await?;
        for plan in campaign::all(&mut tx).await?.into_iter().filter_map(|campaign| campaign.plan_id) {
            let definition = match self.effects.settler.definition(&mut tx, plan).await {
                Ok(definition) => definition,
                // A plan that was erased on time.
                Err(DbError::Unknown(_)) => continue,
                Err(e) => return Err(e),
            };
            if let Some(image) = definition.images().find(|image| image.public_name() == name) {
                return Ok(Some(image.clone()));
            }
        }
        Ok(None)
    }
}

/// The picture's bytes, when they are the approved ones. Read once: between two readings they could be exchanged.
fn load(folder: &std::path::Path, image: &Image) -> Option<Bytes> {
    let mut bytes = Vec::new();
    let file = File::open(media::inside(folder, &image.path).ok()?).ok()?;
    file.take(MOST_IMAGE + 1).read_to_end(&mut bytes).ok()?;
    (media::hash_of(&bytes) == image.hash).then(|| Bytes::from(bytes))
}

fn media_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "gif" => Some("image/gif"),
        _ => None,
    }
}
