//! Sends notices to staff and operators: by SMTP, and alarms also by a call. Notices name no person, so a mail may; the
//! addresses are the organisation's own.
//!
//! Without `[mail]` a notice to staff goes to the log and counts as sent.

use std::fmt;
use std::time::{Duration, SystemTime};

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tracing::{debug, info, warn};

use super::post::Post;
use crate::clock::{Clock, new_id};
use crate::domain::lang::Text;
use crate::domain::span::{DAY_MS, MINUTE_MS};
use crate::gateway::http::NoClient;
use crate::settings::{Mail, Security, Settings};
use crate::store::notice::{self, Notice, Way};
use crate::store::{Db, DbError};
use crate::text;

/// A mail server that takes longer has failed.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// Minutes between tries; the last one again and again.
const PAUSES_MIN: [i64; 4] = [1, 5, 15, 60];
/// A notice older than this is of no use.
const GIVE_UP_MS: i64 = DAY_MS;

/// Sends notices.
pub struct Mailer {
    to: Vec<Mailbox>,
    operators: Vec<Mailbox>,
    post: Option<Post>,
    by: Option<(Mailbox, AsyncSmtpTransport<Tokio1Executor>)>,
}

/// What is wrong with `[mail]`.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text().en)]
pub enum MailError {
    /// The address for alarms cannot be read.
    Webhook(Text),
    /// Nothing can be called.
    Client(#[from] NoClient),
    /// The password cannot be read.
    Password(Text),
    /// No secure connection can be made.
    Tls(#[source] lettre::transport::smtp::Error),
}

impl MailError {
    /// The setting that has the mistake.
    pub fn key(&self) -> Option<&'static str> {
        match self {
            MailError::Webhook(_) => Some("alarm.webhook"),
            MailError::Client(_) => None,
            MailError::Password(_) => Some("mail.password"),
            MailError::Tls(_) => Some("mail.server"),
        }
    }

    /// What is wrong, and what to do.
    pub fn text(&self) -> Text {
        match self {
            MailError::Webhook(Text { en, nb }) => text!("alarm.webhook: {en}", "alarm.webhook: {nb}"),
            MailError::Client(wrong) => wrong.text(),
            MailError::Password(Text { en, nb }) => text!("mail.password: {en}", "mail.password: {nb}"),
            MailError::Tls(_) => text!(
                "mail.server: no secure connection can be made to it; check the name",
                "mail.server: får ingen sikker forbindelse til den; se om navnet er riktig"
            ),
        }
    }
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailed {
    /// No notice waits.
    Nothing,
    /// One went out, or to the log.
    Sent,
    /// One could not be sent; it is tried again.
    Failed,
    /// One was too old, and is not tried again.
    GivenUp,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("by_mail", &self.by.is_some()).finish_non_exhaustive()
    }
}

impl Mailer {
    /// A mailer as the settings have it; connects to nothing yet.
    ///
    /// # Errors
    /// What is wrong with `[mail]`.
    pub fn new(settings: &Settings) -> Result<Self, MailError> {
        let url = settings.alarm.webhook.as_ref().map(|url| url.read(settings)).transpose();
        let post = url.map_err(MailError::Webhook)?.map(Post::new).transpose()?;
        let Some(mail) = &settings.mail else {
            return Ok(Self { to: Vec::new(), operators: Vec::new(), post, by: None });
        };
        let operators = if settings.alarm.mail.is_empty() { &mail.to } else { &settings.alarm.mail };
        let by = (mail.from.clone(), transport(mail, settings)?);
        Ok(Self { to: mail.to.clone(), operators: operators.clone(), post, by: Some(by) })
    }

    /// By which ways alarms go.
    pub fn alarm_ways(&self) -> Vec<Way> {
        let ways = [(Way::Operators, self.by.is_some()), (Way::Webhook, self.post.is_some())];
        ways.into_iter().filter(|(_, is)| *is).map(|(way, _)| way).collect()
    }

    /// Tells something at once, past the queue; whether it was taken.
    pub async fn shout(&self, way: Way, subject: &str, body: &str, now_ms: i64) -> bool {
        let (subject, body) = (subject.to_owned(), body.to_owned());
        self.send(&Notice { id: new_id(), at: now_ms, subject, body, tries: 0, way }).await
    }

    /// Sends the oldest notice that waits. No transaction is open meanwhile; before the first byte the notice is put
    /// off to its next try, so that another node does not send it too, and a failure needs no more writing.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&self, db: &Db, clock: &Clock) -> Result<Mailed, DbError> {
        let now = clock.now_ms();
        let mut tx = db.read().await?;
        let waits = notice::waits(&mut tx, now).await?;
        drop(tx);
        if !waits {
            return Ok(Mailed::Nothing);
        }
        let mut tx = db.begin().await?;
        let Some(notice) = notice::next(&mut tx, now).await? else { return Ok(Mailed::Nothing) };
        let too_old = now - notice.at > GIVE_UP_MS;
        notice::put_off(&mut tx, notice.id, if too_old { i64::MAX } else { now + pause_ms(notice.tries) }).await?;
        tx.commit().await?;
        if too_old {
            warn!(notice.id = %notice.id, "a notice could not be mailed for a day; given up");
            return Ok(Mailed::GivenUp);
        }
        if !self.send(&notice).await {
            return Ok(Mailed::Failed);
        }
        let mut tx = db.begin().await?;
        notice::sent(&mut tx, notice.id, now).await?;
        tx.commit().await?;
        Ok(Mailed::Sent)
    }

    async fn send(&self, notice: &Notice) -> bool {
        if notice.way == Way::Webhook {
            let Some(post) = &self.post else { return true };
            let taken = post.post(&notice.body).await;
            if !taken {
                warn!(notice.id = %notice.id, tries = notice.tries, "an alarm could not be posted; it is tried again");
            }
            return taken;
        }
        let Some((from, transport)) = &self.by else {
            info!(notice.subject, notice.body, "a notice to staff; [mail] in the settings would mail it");
            return true;
        };
        let Some(message) = self.write(from, notice) else {
            warn!(notice.id = %notice.id, "a notice could not be made into a mail");
            return false;
        };
        match transport.send(message).await {
            Ok(_) => true,
            // What the server answered may repeat addresses; its code says enough.
            Err(e) if notice.tries == 0 => {
                let code = e.status().map(|code| code.to_string());
                warn!(notice.id = %notice.id, code, why = reason(&e), "a notice could not be mailed; it is tried again");
                false
            }
            Err(e) => {
                debug!(notice.id = %notice.id, why = reason(&e), tries = notice.tries, "a notice still could not be mailed");
                false
            }
        }
    }

    /// The mail; its id is the notice's, so that one that comes twice is seen to be the same.
    fn write(&self, from: &Mailbox, notice: &Notice) -> Option<Message> {
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(notice.at.unsigned_abs()))?;
        let head = Message::builder().from(from.clone()).subject(&notice.subject).date(at).message_id(Some(format!(
            "<{}@{}>",
            notice.id,
            from.email.domain()
        )));
        let to = if notice.way == Way::Operators { &self.operators } else { &self.to };
        let head = to.iter().fold(head, |head, to| head.to(to.clone()));
        head.header(ContentType::TEXT_PLAIN).body(notice.body.clone()).ok()
    }
}

fn transport(mail: &Mail, settings: &Settings) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let tls = || TlsParameters::new(mail.server.clone()).map_err(MailError::Tls);
    let (port, tls) = match mail.security {
        Security::Starttls => (587, Tls::Required(tls()?)),
        Security::Tls => (465, Tls::Wrapper(tls()?)),
        // The settings have it so only for this machine.
        Security::None => (25, Tls::None),
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.server)
        .port(mail.port.unwrap_or(port))
        .tls(tls)
        .timeout(Some(ANSWER_WITHIN));
    let builder = match (&mail.user, &mail.password) {
        (Some(user), Some(password)) => {
            let password = password.read(settings).map_err(MailError::Password)?;
            builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()))
        }
        _ => builder,
    };
    Ok(builder.build())
}

fn pause_ms(tries: i64) -> i64 {
    let n = usize::try_from(tries).unwrap_or(0).min(PAUSES_MIN.len() - 1);
    PAUSES_MIN[n] * MINUTE_MS
}

fn reason(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "the mail server did not answer in time"
    } else if error.is_permanent() || error.is_transient() {
        "the mail server refused"
    } else if error.is_tls() {
        "no secure connection"
    } else {
        "the mail server could not be reached"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        assert_eq!([0, 1, 2, 3, 9].map(pause_ms), [60_000, 300_000, 900_000, 3_600_000, 3_600_000]);
    }
}
