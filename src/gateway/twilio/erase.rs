//! A message deleted at Twilio: its text, its numbers, and the pictures that came or went with it.
//!
//! Source: DeleteMessage of Twilio's official description of API 2010-04-01; that pictures go with their message, and that
//! backups of Twilio's may hold a text for thirty days more, is on Twilio's page on the Message resource.

use super::account::Account;
use super::answer::refusal;
use super::request::{address, login};
use crate::gateway::erase::Erased;
use crate::gateway::exchange::{Body, Method, Request, Sent};
use crate::gateway::verdict::ProviderId;

/// Twilio's code for what is not there.
const NOT_FOUND: u32 = 20_404;

/// Asks for a message to be deleted.
pub(super) fn request(account: &Account, id: &ProviderId) -> Option<Request> {
    // What stands in an address is Twilio's own kind of id, whoever wrote it down.
    let plain = id.as_str().bytes().all(|b| b.is_ascii_alphanumeric());
    let url = plain.then(|| address(account, &format!("/Messages/{}.json", id.as_str())))?;
    Some(Request { method: Method::Delete, url, auth: login(account), headers: Vec::new(), body: Body::None })
}

/// What came of it.
pub(super) fn erased(sent: &Sent) -> Erased {
    let Ok(response) = sent else { return Erased::Later(None) };
    let body = response.body.as_deref().unwrap_or_default();
    match response.status {
        204 => Erased::Gone,
        404 if refusal(404, body) == Some(NOT_FOUND) => Erased::Gone,
        _ => Erased::Later(response.retry_after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::exchange::{Failure, Response};

    fn said(status: u16, body: &str) -> Erased {
        erased(&Ok(Response { status, retry_after: None, body: Some(body.as_bytes().to_vec()) }))
    }

    #[test]
    fn only_twilios_own_word_says_that_a_message_is_gone() {
        assert_eq!(said(204, ""), Erased::Gone);
        assert_eq!(said(404, r#"{"code":20404,"message":"not found","status":404}"#), Erased::Gone);
        for (status, body) in
            [(404, "<html>"), (404, r#"{"code":20003,"status":404}"#), (200, "{}"), (401, ""), (503, "")]
        {
            assert_eq!(said(status, body), Erased::Later(None), "{status} {body}");
        }
        assert_eq!(erased(&Err(Failure::Timeout)), Erased::Later(None));
    }
}
