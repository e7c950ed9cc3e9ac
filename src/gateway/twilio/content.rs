//! The templates that an account has with Twilio: each in one language, under an id of its own.
//!
//! Source: `GET /v1/ContentAndApprovals` of Twilio's Content API. A template has a body under one of several types, and
//! says with which of them Meta was asked to approve it. `next_page_url` is followed only to the same list.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::gateway::exchange::{Request, Sent};
use crate::gateway::template::{Head, Misfit, Page, TemplateFact, Wanted, places};
use crate::gateway::twilio::account::Account;
use crate::gateway::twilio::request;

/// The path of the list.
const LIST: &str = "/v1/ContentAndApprovals?";
/// Templates on a page.
const PAGE: &str = "PageSize=100";

/// Asks for a page; the first without a query of its own.
pub(super) fn page_request(account: &Account, query: Option<&str>) -> Request {
    let url = format!("{}{LIST}{}", account.content_url, query.unwrap_or(PAGE));
    Request::get(url, request::login(account))
}

#[derive(Deserialize)]
struct List {
    contents: Vec<Content>,
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    next_page_url: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    sid: String,
    friendly_name: Option<String>,
    language: Option<String>,
    #[serde(default)]
    types: BTreeMap<String, Type>,
    approval_requests: Option<Approval>,
}

#[derive(Default, Deserialize)]
struct Approval {
    name: Option<String>,
    status: Option<String>,
    content_type: Option<String>,
}

#[derive(Default, Deserialize)]
struct Type {
    body: Option<String>,
    /// What a card has in place of a body.
    title: Option<String>,
    subtitle: Option<String>,
    footer: Option<String>,
    media: Option<Vec<String>>,
    actions: Option<Vec<Action>>,
}

#[derive(Deserialize)]
struct Action {
    #[serde(rename = "type")]
    kind: Option<String>,
    title: Option<String>,
}

/// Reads a page; `None` when it is none, or leads elsewhere.
pub(super) fn page(account: &Account, sent: &Sent) -> Option<Page> {
    let response = sent.as_ref().ok().filter(|response| response.status == 200)?;
    let List { contents, meta } = serde_json::from_slice(response.body.as_deref()?).ok()?;
    let plain = |query: &&str| query.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
    let after = match meta.next_page_url.filter(|url| !url.is_empty()) {
        Some(url) => Some(url.strip_prefix(&format!("{}{LIST}", account.content_url)).filter(plain)?.to_owned()),
        None => None,
    };
    Some(Page { templates: contents.into_iter().map(fact).collect(), after })
}

fn fact(content: Content) -> TemplateFact {
    let Content { sid, friendly_name, language, mut types, approval_requests } = content;
    let Approval { name, status, content_type } = approval_requests.unwrap_or_default();
    let asked = content_type.filter(|asked| types.contains_key(asked)).or_else(|| types.keys().next().cloned());
    let asked = asked.unwrap_or_default();
    let Type { body, title, subtitle, footer, media, actions } = types.remove(&asked).unwrap_or_default();
    let head = match media.unwrap_or_default().first().map(|address| (places(address), address.ends_with("}}"))) {
        None => Head::Plain,
        Some((places, _)) if places.is_empty() => Head::OwnPicture,
        Some((places, true)) if places.len() == 1 => Head::PictureAt(places.concat()),
        Some(_) => Head::Other("a picture with places of its own".to_owned()),
    };
    let button = |action: Action| {
        (action.kind.unwrap_or_else(|| "QUICK_REPLY".to_owned()).to_uppercase(), action.title.unwrap_or_default())
    };
    TemplateFact {
        name: format!("{} {}", name.or(friendly_name).unwrap_or_default(), language.unwrap_or_default()),
        language: sid,
        status: status.unwrap_or_else(|| "unsubmitted".to_owned()).to_uppercase(),
        head,
        body: body.or(title).unwrap_or_default(),
        footer: footer.or(subtitle).unwrap_or_default(),
        buttons: actions.unwrap_or_default().into_iter().map(button).collect(),
    }
}

/// What does not fit, of all that can be said. The id decides; where it is missing, those of the same name are named.
pub(super) fn fits(all: &[TemplateFact], wanted: &Wanted<'_>) -> Vec<Misfit> {
    if let Some(fact) = all.iter().find(|fact| fact.language == wanted.language) {
        return fact.misfits(wanted);
    }
    let other = |fact: &TemplateFact| {
        let (name, language) = fact.name.rsplit_once(' ')?;
        (name == wanted.name).then(|| format!("{} ({language})", fact.language))
    };
    vec![Misfit::Missing { languages: all.iter().filter_map(other).collect() }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::exchange::Response;
    use crate::gateway::twilio::account::tests::account;

    const SID: &str = "HX00000000000000000000000000000001";
    const LIST: &str = r#"{"contents":[
        {"sid":"HX00000000000000000000000000000001","friendly_name":"vaccine_nb","language":"nb","variables":{"1":"Amanda"},
         "types":{"twilio/quick-reply":{"body":"x","actions":[]},"twilio/card":{"title":"Hei! Dette er {{1}} i {{2}}.",
           "subtitle":"Svar STOPP","media":["https://lykt.example.org/media/{{3}}"],
           "actions":[{"type":"QUICK_REPLY","title":"Stopp","id":"stopp"}]}},
         "approval_requests":{"name":"vaccine","status":"approved","content_type":"twilio/card","rejection_reason":""}},
        {"sid":"HX00000000000000000000000000000002","friendly_name":"vaccine_en","language":"en","types":{"twilio/media":
           {"body":"Hi {{name}}","media":["https://cdn.example.org/four.png"]}},
         "approval_requests":{"name":"vaccine","status":"paused","content_type":"twilio/media"}},
        {"sid":"HX00000000000000000000000000000003","friendly_name":"draft","language":"th","types":
           {"twilio/quick-reply":{"body":"Hi","actions":[{"title":"Yes","id":"1"}]}},"approval_requests":{}}],
        "meta":{"page":0,"key":"contents","next_page_url":"NEXT"}}"#;

    fn listed(body: &str) -> Option<Page> {
        let account = account().checked().unwrap();
        page(&account, &Ok(Response { status: 200, body: Some(body.as_bytes().to_vec()), ..Response::default() }))
    }

    fn all() -> Vec<TemplateFact> {
        listed(&LIST.replace("\"NEXT\"", "null")).unwrap().templates
    }

    fn wanted<'a>(language: &'a str, variables: &'a [(Option<String>, String)], buttons: &'a [String]) -> Wanted<'a> {
        let text = "Hei! Dette er {{ sender }} i {{ region }}. Svar STOPP";
        Wanted { name: "vaccine", language, image: true, variables, buttons, text }
    }

    #[test]
    fn only_a_next_page_of_the_same_list_is_followed() {
        let query = "PageSize=100&Page=1&PageToken=DNHX1";
        let good = format!("https://content.twilio.com/v1/ContentAndApprovals?{query}");
        assert_eq!(listed(&LIST.replace("NEXT", &good)).unwrap().after.as_deref(), Some(query));
        let account = account().checked().unwrap();
        assert_eq!(page_request(&account, Some(query)).url, good);
        assert_eq!(listed(&LIST.replace("\"NEXT\"", "null")).unwrap().after, None);
        for bad in [
            "https://evil.example/v1/ContentAndApprovals?Page=1",
            "https://content.twilio.com/v1/Content?Page=1",
            &format!("{good} x"),
        ] {
            assert_eq!(listed(&LIST.replace("NEXT", bad)), None, "{bad}");
        }
        assert_eq!(listed("{}"), None);
        assert_eq!(listed(r#"{"contents":[{}],"meta":{}}"#), None);
    }

    #[test]
    fn a_campaign_fits_the_template_under_the_id_that_it_names() {
        let two = [(None, "{{ sender }}".to_owned()), (None, "{{ region }}".to_owned())];
        let stop = ["Stopp".to_owned()];
        let wanted = |language| wanted(language, &two, &stop);
        assert_eq!(fits(&all(), &wanted(SID)), []);
        assert_eq!(fits(&all(), &Wanted { image: false, ..wanted(SID) }), [Misfit::Head("IMAGE".to_owned())]);
        assert_eq!(fits(&all(), &Wanted { buttons: &[], ..wanted(SID) }), [Misfit::Buttons(vec!["Stopp".to_owned()])]);
        let one = Wanted { variables: &two[..1], ..wanted(SID) };
        let places = Misfit::Places(vec!["1".to_owned(), "2".to_owned()]);
        assert_eq!(fits(&all(), &one), [Misfit::Picture("2".to_owned()), places]);
        let named = vec![format!("{SID} (nb)"), format!("{} (en)", SID.replace("01", "02"))];
        assert_eq!(fits(&all(), &wanted("HX9")), [Misfit::Missing { languages: named }]);
        let unknown = Wanted { name: "x", ..wanted("HX9") };
        assert_eq!(fits(&all(), &unknown), [Misfit::Missing { languages: Vec::new() }]);
    }

    #[test]
    fn a_template_with_a_picture_of_its_own_fits_a_campaign_without_one() {
        let named = [(Some("name".to_owned()), "{{ sender }}".to_owned())];
        let second = SID.replace("01", "02");
        let wanted = Wanted { image: false, text: "Hi {{ sender }}", ..wanted(&second, &named, &[]) };
        let paused = Misfit::NotApproved("PAUSED".to_owned());
        assert_eq!(fits(&all(), &wanted), std::slice::from_ref(&paused));
        assert_eq!(fits(&all(), &Wanted { image: true, ..wanted }), [paused, Misfit::Picture("image".to_owned())]);
        let third = SID.replace("01", "03");
        let yes = ["Yes".to_owned()];
        let draft = Wanted { language: &third, variables: &[], buttons: &yes, text: "Hi", ..wanted };
        assert_eq!(fits(&all(), &draft), [Misfit::NotApproved("UNSUBMITTED".to_owned())]);
    }
}
