//! The files that pages need: a stylesheet, a script, a picture; inside our own binary, named by what is in them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::domain::hex::hex;

/// A file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const ASSETS: [Asset; 4] = [
    Asset { name: "lykt.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("assets/lykt.css") },
    Asset { name: "desk.css", kind: "text/css; charset=utf-8", bytes: include_bytes!("assets/desk.css") },
    Asset { name: "lykt.js", kind: "text/javascript; charset=utf-8", bytes: include_bytes!("assets/lykt.js") },
    Asset { name: "lantern.svg", kind: "image/svg+xml", bytes: include_bytes!("assets/lantern.svg") },
];

/// Part of every file's address, so that a browser keeps it until a new version has others.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all = ASSETS.iter().fold(Sha256::new(), |sum, asset| sum.chain_update(asset.bytes));
    hex(&all.finalize()[..6])
});

/// One of them.
pub async fn asset(Path((_, name)): Path<(String, String)>) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => {
            let headers =
                [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, asset.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
