//! The templates that an account has with Meta.
//!
//! Source: `GET /{version}/{waba-id}/message_templates` in Meta's official description.

use serde::Deserialize;

use crate::gateway::exchange::Sent;
use crate::gateway::template::{Head, Misfit, Page, TemplateFact, Wanted};

#[derive(Deserialize)]
struct List {
    data: Vec<Row>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct Paging {
    cursors: Option<Cursors>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct Cursors {
    after: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    language: String,
    status: String,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "type")]
    kind: String,
    format: Option<String>,
    text: Option<String>,
    #[serde(default)]
    buttons: Vec<Button>,
}

#[derive(Deserialize)]
struct Button {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    text: String,
}

/// Reads a page; `None` when it is none.
pub(super) fn page(sent: &Sent) -> Option<Page> {
    let response = sent.as_ref().ok().filter(|response| response.status == 200)?;
    let page: List = serde_json::from_slice(response.body.as_deref()?).ok()?;
    let after = page.paging.filter(|paging| paging.next.is_some()).and_then(|paging| paging.cursors?.after);
    Some(Page { templates: page.data.into_iter().map(fact).collect(), after })
}

fn fact(row: Row) -> TemplateFact {
    let Row { name, language, status, components } = row;
    let mut fact = TemplateFact { name, language, status, ..TemplateFact::default() };
    for component in components {
        match component.kind.to_uppercase().as_str() {
            "HEADER" => {
                fact.head = match component.format.unwrap_or_else(|| "TEXT".to_owned()).to_uppercase() {
                    text if text == "TEXT" => Head::Plain,
                    image if image == "IMAGE" => Head::Picture,
                    other => Head::Other(other),
                }
            }
            "BODY" => fact.body = component.text.unwrap_or_default(),
            "FOOTER" => fact.footer = component.text.unwrap_or_default(),
            "BUTTONS" => {
                fact.buttons = component.buttons.into_iter().map(|b| (b.kind.to_uppercase(), b.text)).collect();
            }
            _ => {}
        }
    }
    fact
}

/// What does not fit, of all that can be said. A template has one name in all its languages.
pub(super) fn fits(all: &[TemplateFact], wanted: &Wanted<'_>) -> Vec<Misfit> {
    let named: Vec<&TemplateFact> = all.iter().filter(|fact| fact.name == wanted.name).collect();
    match named.iter().find(|fact| fact.language == wanted.language) {
        Some(fact) => fact.misfits(wanted),
        None => vec![Misfit::Missing { languages: named.iter().map(|fact| fact.language.clone()).collect() }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::exchange::Response;

    const LIST: &str = r#"{"data":[{"name":"vaccine","language":"nb","status":"APPROVED","category":"MARKETING","components":[
        {"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"Hei! Dette er {{1}} i {{2}}."},
        {"type":"FOOTER","text":"Svar STOPP"},{"type":"BUTTONS","buttons":[{"type":"QUICK_REPLY","text":"Stopp"}]}]},
        {"name":"vaccine","language":"en_US","status":"PAUSED","components":[{"type":"BODY","text":"Hi {{name}}"}]}],
        "paging":{"cursors":{"before":"A","after":"B"},"next":"https://graph.facebook.com/next"}}"#;

    fn listed(body: &str) -> Option<Page> {
        page(&Ok(Response { status: 200, body: Some(body.as_bytes().to_vec()), ..Response::default() }))
    }

    fn variables(all: &[(Option<&str>, &str)]) -> Vec<(Option<String>, String)> {
        all.iter().map(|(name, value)| (name.map(str::to_owned), (*value).to_owned())).collect()
    }

    #[test]
    fn a_page_says_where_the_next_one_begins_and_the_last_one_does_not() {
        let first = listed(LIST).unwrap();
        assert_eq!((first.templates.len(), first.after.as_deref()), (2, Some("B")));
        let last = r#"{"data":[],"paging":{"cursors":{"before":"A","after":"B"}}}"#;
        assert_eq!(listed(last).unwrap().after, None);
        assert_eq!(listed("{}"), None);
        assert_eq!(page(&Ok(Response { status: 400, body: Some(b"{}".to_vec()), ..Response::default() })), None);
    }

    #[test]
    fn a_campaign_fits_the_template_it_was_written_for() {
        let all = listed(LIST).unwrap().templates;
        let (two, stop) = (variables(&[(None, "{{ sender }}"), (None, "{{sted}}")]), ["Stopp".to_owned()]);
        let text = "Hei!  Dette er {{sender}} i {{ sted }}.\nSvar STOPP";
        let wanted = Wanted { name: "vaccine", language: "nb", image: true, variables: &two, buttons: &stop, text };
        assert_eq!(fits(&all, &wanted), []);
        assert_eq!(
            fits(&all, &Wanted { text: "Hei! Dette er {{sender}} i {{sted}}.", ..wanted }),
            [],
            "without its foot"
        );
        assert_eq!(fits(&all, &Wanted { text: "Hei! Dette er {{sted}} i {{sender}}.", ..wanted }), [Misfit::Words]);
        assert_eq!(fits(&all, &Wanted { image: false, ..wanted }), [Misfit::Head("IMAGE".to_owned())]);
        assert_eq!(fits(&all, &Wanted { buttons: &[], ..wanted }), [Misfit::Buttons(vec!["Stopp".to_owned()])]);
        let places = Misfit::Places(vec!["1".to_owned(), "2".to_owned()]);
        assert_eq!(fits(&all, &Wanted { variables: &two[..1], ..wanted }), [places]);
        let missing = Misfit::Missing { languages: vec!["nb".to_owned(), "en_US".to_owned()] };
        assert_eq!(fits(&all, &Wanted { language: "th", ..wanted }), [missing]);
        assert_eq!(fits(&all, &Wanted { name: "x", ..wanted }), [Misfit::Missing { languages: Vec::new() }]);
    }

    #[test]
    fn a_paused_template_is_said_to_be_and_places_may_have_names() {
        let all = listed(LIST).unwrap().templates;
        let named = variables(&[(Some("name"), "{{ sender }}")]);
        let wanted = Wanted {
            name: "vaccine",
            language: "en_US",
            image: false,
            variables: &named,
            buttons: &[],
            text: "Hi {{ sender }}",
        };
        assert_eq!(fits(&all, &wanted), [Misfit::NotApproved("PAUSED".to_owned())]);
    }
}
