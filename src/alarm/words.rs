//! How an alarm is said: as a mail, or as the JSON of a call.

use serde_json::json;

use crate::domain::alarm::Alarm;
use crate::domain::lang::Lang;
use crate::say;
use crate::store::notice::Way;

/// In which language, and which house it is.
#[derive(Clone, Debug)]
pub struct Words {
    /// The organisation's first language.
    pub lang: Lang,
    /// Where the house is seen from outside.
    pub house: String,
}

impl Words {
    /// Subject and body of the notice that an alarm stands, or is over.
    pub fn of(&self, way: Way, alarm: Alarm, about: &str, over: bool) -> (String, String) {
        let what = alarm.what(about).pick(self.lang).to_owned();
        if over {
            let what = say!(self.lang, "it is over: {what}", "det er over: {what}");
            self.say(way, (alarm.as_str(), "over"), about, &what, "")
        } else {
            self.say(way, (alarm.as_str(), "stands"), about, &what, alarm.remedy(about).pick(self.lang))
        }
    }

    /// Subject and body of a notice; what is over has no remedy. The `text` of a call is what chat services show.
    pub fn say(
        &self,
        way: Way,
        (alarm, state): (&str, &str),
        about: &str,
        what: &str,
        remedy: &str,
    ) -> (String, String) {
        let subject = format!("Lykt: {what}");
        let body = match way {
            Way::Webhook => json!({
                "text": format!("{subject}. {remedy}").trim(),
                "alarm": alarm,
                "about": about,
                "state": state,
                "house": self.house,
            })
            .to_string(),
            Way::Staff | Way::Operators => format!("{what}.\n{remedy}\n\n{}\n", self.house),
        };
        (subject, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_carries_a_text_for_people_and_words_for_programs() {
        let words = Words { lang: Lang::Nb, house: "https://lykt.example.org".to_owned() };
        let (subject, body) = words.of(Way::Webhook, Alarm::AccountPaused, "twilio-oslo", false);
        assert_eq!(subject, "Lykt: leverandøren avviser kontoen twilio-oslo; den sender ingenting");
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&body["alarm"], &body["state"]), (&json!("account_paused"), &json!("stands")));
        assert!(body["text"].as_str().is_some_and(|text| text.contains("lykt gateway test twilio-oslo")), "{body}");
    }

    #[test]
    fn what_is_over_asks_for_nothing() {
        let words = Words { lang: Lang::En, house: "https://lykt.example.org".to_owned() };
        let (subject, body) = words.of(Way::Operators, Alarm::Deaf, "a", true);
        assert!(subject.starts_with("Lykt: it is over: ") && !body.contains("public_url"), "{subject}\n{body}");
    }
}
