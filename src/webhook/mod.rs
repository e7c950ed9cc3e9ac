//! stub
use crate::gateway::{Accounts, Event, Hook, HookKind};
use crate::ledger::Ledger;
use crate::outbox::Settler;
use crate::settings::Settings;
use crate::store::{Db, DbError, Tx, hook};
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use std::sync::Arc;
/// x
pub struct Webhooks {
    db: Db,
    l: Ledger,
    s: Settler,
    a: Arc<Accounts>,
    url: String,
}
impl Webhooks {
    /// x
    pub fn new(db: Db, l: Ledger, s: Settler, a: Arc<Accounts>, t: &Settings) -> Self {
        Self { db, l, s, a, url: t.server.public_url.clone() }
    }
    /// x
    pub async fn due(&self) -> Result<usize, DbError> {
        let mut tx = self.db.read().await?;
        if hook::due(&mut tx, &self.l.vault, self.l.clock.now_ms(), 1).await?.is_empty() {
            return Ok(0);
        }
        drop(tx);
        let mut tx = self.db.begin().await?;
        let hooks = hook::due(&mut tx, &self.l.vault, self.l.clock.now_ms(), 50).await?;
        for h in &hooks {
            if let Some(g) = self.a.get(&h.account) {
                self.apply(&mut tx, &h.account, g.parse(HookKind::Inbound, "", &h.raw).unwrap_or_default()).await?;
            }
            hook::done(&mut tx, h.id, None, self.l.clock.now_ms()).await?;
        }
        tx.commit().await?;
        Ok(hooks.len())
    }
    async fn apply(&self, tx: &mut Tx, account: &str, events: Vec<Event>) -> Result<(), DbError> {
        for e in events {
            match e {
                Event::Reply(r) => crate::inbox::receive::receive(&self.l, tx, account, &r).await?,
                Event::Receipt(r) => self.s.receipt(tx, account, &r).await?,
            }
        }
        Ok(())
    }
    async fn take(
        &self,
        account: &str,
        kind: &str,
        query: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<StatusCode, DbError> {
        let (Some(g), Some(k)) = (self.a.get(account), HookKind::parse(kind)) else { return Ok(StatusCode::NOT_FOUND) };
        let url = format!("{}/hooks/{account}/{kind}{}{query}", self.url, if query.is_empty() { "" } else { "?" });
        let headers: Vec<(String, String)> =
            headers.iter().map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned())).collect();
        if g.verify(&Hook { method: "POST", url: &url, headers: &headers, body }).is_err() {
            return Ok(StatusCode::FORBIDDEN);
        }
        let mut tx = self.db.begin().await?;
        let now = self.l.clock.now_ms();
        let Some(id) =
            hook::add(&mut tx, &self.l.vault, account, kind, &[query.as_bytes(), b"\n", body].concat(), now, now)
                .await?
        else {
            return Ok(StatusCode::OK);
        };
        self.apply(&mut tx, account, g.parse(k, query, body).unwrap_or_default()).await?;
        hook::done(&mut tx, id, None, now).await?;
        tx.commit().await?;
        Ok(StatusCode::OK)
    }
}
async fn hook(
    State(w): State<Arc<Webhooks>>,
    Path((a, k)): Path<(String, String)>,
    RawQuery(q): RawQuery,
    h: HeaderMap,
    b: Bytes,
) -> StatusCode {
    w.take(&a, &k, &q.unwrap_or_default(), &h, &b).await.unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
}
/// x
pub async fn serve(l: tokio::net::TcpListener, w: Arc<Webhooks>, mut s: tokio::sync::watch::Receiver<bool>) {
    let app = axum::Router::new().route("/hooks/{a}/{k}", axum::routing::post(hook)).with_state(w);
    let _ = axum::serve(l, app)
        .with_graceful_shutdown(async move {
            let _ = s.changed().await;
        })
        .await;
}
