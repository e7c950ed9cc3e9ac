//! What a provider tells of messages that went out, signed as Twilio signs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use lykt::store::{Db, sql};
use sha1::Sha1;

use crate::support::gateway::{ACCOUNT_SID, AUTH_TOKEN};
use crate::support::house::{ACCOUNT, PUBLIC};

/// A webhook.
pub struct Receipt {
    pub path: String,
    pub signature: String,
    pub body: String,
}

/// A receipt for each message that went out, for one status after the other.
pub async fn signed(db: &Db, statuses: &[&str]) -> anyhow::Result<Vec<Receipt>> {
    let mut tx = db.read().await?;
    let rows = tx
        .all(sql("select token, provider_id from attempt where provider_id is not null order by message_id, n"))
        .await?;
    let mut receipts = Vec::with_capacity(rows.len() * statuses.len());
    for status in statuses {
        for row in &rows {
            let (token, sid): (String, String) = (row.get(0)?, row.get(1)?);
            let path = format!("/hooks/{ACCOUNT}/status?token={token}");
            let fields = [
                ("AccountSid", ACCOUNT_SID),
                ("ApiVersion", "2010-04-01"),
                ("From", "+447700900999"),
                ("MessageSid", &sid),
                ("MessageStatus", status),
                ("SmsSid", &sid),
                ("SmsStatus", status),
            ];
            let mut mac = Hmac::<Sha1>::new_from_slice(AUTH_TOKEN.as_bytes())?;
            mac.update(format!("{PUBLIC}{path}").as_bytes());
            fields.iter().for_each(|(name, value)| mac.update(format!("{name}{value}").as_bytes()));
            let signature = STANDARD.encode(mac.finalize().into_bytes());
            let body = fields.map(|(name, value)| format!("{name}={}", value.replace('+', "%2B"))).join("&");
            receipts.push(Receipt { path, signature, body });
        }
    }
    Ok(receipts)
}
