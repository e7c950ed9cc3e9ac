//! stub
use crate::clock::new_id;
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::gateway::Reply as News;
use crate::ledger::{Ledger, NoSource};
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, contact, reply};
/// x
pub async fn receive(l: &Ledger, tx: &mut Tx, account: &str, news: &News) -> Result<(), DbError> {
    let c = l.contact(tx, &Private::new(news.from.expose().to_owned())).await?;
    contact::lock(tx, c.id).await?;
    let t = news.text.expose().to_lowercase();
    let kind = if t.contains("stop") {
        ReplyKind::OptOut
    } else if t.contains("takk") || t.contains("thank") {
        ReplyKind::Thanks
    } else {
        ReplyKind::Other
    };
    let r = reply::Reply {
        id: new_id(),
        contact: c.id,
        account: account.to_owned(),
        channel: "sms".to_owned(),
        provider_id: news.provider_id.as_str().to_owned(),
        received_at: l.clock.now_ms(),
        kind,
        language: None,
        campaign: reply::latest_campaign(tx, c.id).await?,
        read_at: None,
        text: news.text.clone(),
    };
    if reply::add(tx, &l.vault, &r).await? {
        contact::add_unread(tx, c.id, 1).await?;
        l.register(tx, c.id, &Touch::new(TouchKind::Reply, r.received_at)).await?;
        if kind == ReplyKind::OptOut {
            l.opt_out(tx, c.id, NoSource::Reply, None).await?;
        }
    }
    Ok(())
}
