//! The templates that an account has with Meta, and whether a campaign's fit them.
//!
//! Source: `GET /{version}/{waba-id}/message_templates` in Meta's official description.

use serde::Deserialize;

use crate::domain::lang::Text;
use crate::gateway::exchange::Sent;
use crate::gateway::listing::is_same_text;
use crate::gateway::template::Wanted;
use crate::text;

/// A template in one language, as Meta has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFact {
    /// Its name.
    pub name: String,
    /// Its language, as Meta writes it.
    pub language: String,
    /// `APPROVED`, or why it cannot be sent.
    pub status: String,
    /// `TEXT`, `IMAGE` or another kind of head; none without a head.
    header: Option<String>,
    body: String,
    footer: String,
    /// Kind and title of each button, in order.
    buttons: Vec<(String, String)>,
}

/// A page of the list.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    /// What stands on it.
    pub templates: Vec<TemplateFact>,
    /// Where the next page begins, if there is one.
    pub after: Option<String>,
}

#[derive(Deserialize)]
struct Page {
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
pub fn templates(sent: &Sent) -> Option<Listed> {
    let response = sent.as_ref().ok().filter(|response| response.status == 200)?;
    let page: Page = serde_json::from_slice(response.body.as_deref()?).ok()?;
    let after = page.paging.filter(|paging| paging.next.is_some()).and_then(|paging| paging.cursors?.after);
    Some(Listed { templates: page.data.into_iter().map(fact).collect(), after })
}

fn fact(row: Row) -> TemplateFact {
    let Row { name, language, status, components } = row;
    let mut fact = TemplateFact {
        name,
        language,
        status,
        header: None,
        body: String::new(),
        footer: String::new(),
        buttons: Vec::new(),
    };
    for component in components {
        match component.kind.to_uppercase().as_str() {
            "HEADER" => fact.header = Some(component.format.unwrap_or_else(|| "TEXT".to_owned()).to_uppercase()),
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

/// How a campaign's template differs from Meta's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// The account has none of this name and language.
    Missing {
        /// The languages it has it in.
        languages: Vec<String>,
    },
    /// It has one that it does not send: the word is Meta's.
    NotApproved(String),
    /// One has a picture at its head and the other has none, or it has a head that we cannot fill.
    Header(String),
    /// The places in the body are others.
    Places(Vec<String>),
    /// The buttons are others.
    Buttons(Vec<String>),
    /// The words are others.
    Words,
}

/// What does not fit, of all that can be said.
pub fn fits(all: &[TemplateFact], wanted: &Wanted<'_>) -> Vec<Misfit> {
    let named: Vec<&TemplateFact> = all.iter().filter(|fact| fact.name == wanted.name).collect();
    let Some(fact) = named.iter().find(|fact| fact.language == wanted.language) else {
        return vec![Misfit::Missing { languages: named.iter().map(|fact| fact.language.clone()).collect() }];
    };
    let mut found = Vec::new();
    if fact.status != "APPROVED" {
        found.push(Misfit::NotApproved(fact.status.clone()));
    }
    match fact.header.as_deref() {
        Some("IMAGE") if wanted.image => {}
        None | Some("TEXT") if !wanted.image => {}
        other => found.push(Misfit::Header(other.unwrap_or("none").to_owned())),
    }
    let places = places(&fact.body);
    let ours: Vec<String> =
        (1..).zip(wanted.variables).map(|(n, (name, _))| name.clone().unwrap_or_else(|| n.to_string())).collect();
    let (mut theirs, mut given) = (places.clone(), ours.clone());
    theirs.sort();
    given.sort();
    if theirs != given {
        found.push(Misfit::Places(places));
    } else {
        let mut words = fact.body.clone();
        for (place, (_, value)) in ours.iter().zip(wanted.variables) {
            words = replace(&words, place, value);
        }
        let whole = format!("{words}{}", fact.footer);
        if !is_same_text(&words, wanted.text) && !is_same_text(&whole, wanted.text) {
            found.push(Misfit::Words);
        }
    }
    let quick = fact.buttons.iter().take_while(|(kind, _)| kind == "QUICK_REPLY").map(|(_, title)| title);
    if !quick.eq(wanted.buttons) {
        found.push(Misfit::Buttons(fact.buttons.iter().map(|(_, title)| title.clone()).collect()));
    }
    found
}

/// The names or numbers of the places in a body, each once, in the order of their first appearance.
fn places(body: &str) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for part in body.split("{{").skip(1) {
        let Some((name, _)) = part.split_once("}}") else { continue };
        if !places.iter().any(|place| place == name.trim()) {
            places.push(name.trim().to_owned());
        }
    }
    places
}

fn replace(body: &str, place: &str, value: &str) -> String {
    let mut parts = body.split("{{");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once("}}") {
            Some((name, rest)) if name.trim() == place => whole.extend([value, rest]),
            _ => whole.extend(["{{", part]),
        }
    }
    whole
}

impl Misfit {
    /// What a person reads: what is wrong and what to do.
    pub fn text(&self) -> Text {
        match self {
            Misfit::Missing { languages } if languages.is_empty() => text!(
                "the account has no such template; make it in WhatsApp Manager, or correct the name",
                "kontoen har ingen slik mal; lag den i WhatsApp Manager, eller rett navnet"
            ),
            Misfit::Missing { languages } => {
                let languages = languages.join(", ");
                text!(
                    "the account has it in {languages} only; add the language, or name one of these under languages",
                    "kontoen har den bare på {languages}; legg til språket, eller oppgi ett av disse under languages"
                )
            }
            Misfit::NotApproved(status) => text!(
                "Meta does not send it now ({status}); wait for the approval, or look at it in WhatsApp Manager",
                "Meta sender den ikke nå ({status}); vent på godkjenningen, eller se på den i WhatsApp Manager"
            ),
            Misfit::Header(header) => text!(
                "its head is {header}; it must be IMAGE where the campaign has an image, and else a text or none",
                "hodet er {header}; det må være IMAGE når kampanjen har et bilde, og ellers en tekst eller ingenting"
            ),
            Misfit::Places(places) => {
                let places = places.join(", ");
                text!(
                    "its body has these places: {places}; variables must fill these and no others",
                    "teksten har disse plassene: {places}; variables må fylle disse og ingen andre"
                )
            }
            Misfit::Buttons(buttons) => {
                let buttons = buttons.join(", ");
                text!(
                    "its buttons are: {buttons}; buttons must name the quick replies in this order, and they must come first",
                    "knappene er: {buttons}; buttons må oppgi hurtigsvarene i denne rekkefølgen, og de må stå først"
                )
            }
            Misfit::Words => text!(
                "its words are others than the campaign's; what people get is Meta's: copy that text",
                "ordene er andre enn kampanjens; det folk får er Metas: kopier den teksten"
            ),
        }
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

    fn listed(body: &str) -> Option<Listed> {
        templates(&Ok(Response { status: 200, body: Some(body.as_bytes().to_vec()), ..Response::default() }))
    }

    fn variables(all: &[(Option<&str>, &str)]) -> Vec<(Option<String>, String)> {
        all.iter().map(|(name, value)| (name.map(str::to_owned), (*value).to_owned())).collect()
    }

    #[test]
    fn a_page_says_where_the_next_one_begins_and_the_last_one_does_not() {
        let page = listed(LIST).unwrap();
        assert_eq!((page.templates.len(), page.after.as_deref()), (2, Some("B")));
        let last = r#"{"data":[],"paging":{"cursors":{"before":"A","after":"B"}}}"#;
        assert_eq!(listed(last).unwrap().after, None);
        assert_eq!(listed("{}"), None);
        assert_eq!(templates(&Ok(Response { status: 400, body: Some(b"{}".to_vec()), ..Response::default() })), None);
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
        assert_eq!(fits(&all, &Wanted { image: false, ..wanted }), [Misfit::Header("IMAGE".to_owned())]);
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
