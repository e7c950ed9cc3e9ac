//! Everything about a person in words that the person can read: grouped, dated, oldest first, spoken to them.

use super::super::super::table::wrap;
use super::super::Desk;
use super::{Known, Source};
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::inert::inert;
use crate::domain::lang::Text;
use crate::domain::outcome::Outcome;
use crate::domain::partner::Says;
use crate::domain::task::TaskState;
use crate::ledger::detail::{explain, way};
use crate::say;
use crate::store::audit::Entry;
use crate::store::no::No;
use crate::store::partner::Saying;
use crate::store::task::Task;
use crate::store::touch::{Touch, TouchKind};
use crate::text;

/// Lines under headings, as wide as the columns there are.
struct Page {
    said: String,
    width: usize,
}

impl Page {
    fn of(desk: &Desk<'_>) -> Self {
        Self { said: String::new(), width: desk.ctx.width() }
    }

    fn title(&mut self, said: &str) {
        for line in wrap(said, self.width) {
            self.said += &format!("{line}\n");
        }
    }

    fn heading(&mut self, said: &Text, desk: &Desk<'_>) {
        self.said += &format!("\n{}\n", said.pick(desk.ctx.lang));
    }

    fn line(&mut self, at: &str, said: &str) {
        for (n, line) in wrap(said, self.width - 20).iter().enumerate() {
            self.said += format!("  {:<16}  {line}", if n == 0 { at } else { "" }).trim_end();
            self.said.push('\n');
        }
    }

    /// A text of theirs or ours, each of its lines inert.
    fn quote(&mut self, text: &str) {
        for line in text.lines().flat_map(|line| wrap(&inert(line), self.width - 24)) {
            self.said += format!("                      | {line}").trim_end();
            self.said.push('\n');
        }
    }
}

impl Desk<'_> {
    pub(super) fn in_words(&self, known: &Known) -> String {
        let lang = self.ctx.lang;
        let settings = &self.app.settings;
        let house = &settings.organisation.name;
        let day = self.app.ledger.clock.today();
        let mut page = Page::of(self);
        page.title(&say!(lang, "What {house} knows about you, {day}", "Det {house} vet om deg, {day}"));
        page.heading(&text!("You", "Deg"), self);
        let mut field = |name: Text, value: String| page.line(name.pick(lang), &value);
        for address in &known.addresses {
            field(text!("Reached at", "Nås på"), inert(address.expose()));
        }
        if let Some(language) = &known.person.language {
            field(text!("Language", "Språk"), inert(language));
        }
        if let Some(prefers) = &known.prefers {
            field(text!("You asked for", "Du ba om"), way(Some(prefers)).pick(lang).to_owned());
        }
        if let Some(kept) = &known.kept {
            let (by, before, day) = (inert(&kept.by), inert(&kept.before), self.app.ledger.clock.day_of(kept.since));
            let since = text!("{by}, since {day}; {before} before", "{by}, siden {day}; {before} før det");
            field(text!("Your contact here", "Din kontakt her"), since.pick(lang).to_owned());
        }
        if let Some(why) = &known.person.left_out {
            let why = Decision::parse(why).map_or_else(|| plain(why), |why| why.explain());
            field(text!("Left out, since", "Utelatt, fordi"), why.pick(lang).to_owned());
        }
        page.said += &self.noes_in_words(&known.noes, &known.told);
        page.said += &self.sources_in_words(&known.sources);
        self.sent(&mut page, known);
        self.written(&mut page, known);
        self.happened(&mut page, known);
        self.to_do(&mut page, known);
        self.looked(&mut page, known);
        let (keep, texts) = (settings.retention.keep.text(), settings.retention.texts.text());
        let (keep, texts) = (keep.pick(lang), texts.pick(lang));
        page.heading(&text!("How long we keep it", "Hvor lenge vi har det"), self);
        page.line(
            "",
            &say!(
                lang,
                "Each entry is erased {keep} after it happened, and the text of a message or an answer after {texts}. Ask us, and everything is erased now. A no is kept as a digest that shows no number, so that it counts for good.",
                "Hver oppføring slettes {keep} etter at den skjedde, og teksten i en melding eller et svar etter {texts}. Be oss om det, så slettes alt nå. Et nei bevares som et avtrykk som ikke viser noe nummer, så det gjelder for alltid."
            ),
        );
        if let Some(url) = Some(&settings.organisation.about_url).filter(|url| !url.is_empty()) {
            page.line("", url);
        }
        page.said
    }

    pub(super) fn noes_in_words(&self, noes: &[No], told: &[Saying]) -> String {
        let mut page = Page::of(self);
        let lang = self.ctx.lang;
        page.heading(&text!("May we contact you", "Om vi kan kontakte deg"), self);
        if noes.is_empty() {
            let said = text!(
                "You have said no to nothing. To say it: answer STOP to any message, or tell anybody here.",
                "Du har ikke sagt nei. Vil du si det: svar STOPP på en melding, eller si det til en av oss."
            );
            page.line("", said.pick(lang));
        }
        for no in noes {
            let how = explain(&no.source);
            let how = how.pick(lang);
            let said = say!(
                lang,
                "You said no ({how}). We do not write to you or call you any more.",
                "Du sa nei ({how}). Vi skriver ikke til deg og ringer deg ikke mer."
            );
            page.line(&no.day, &said);
        }
        for heard in told {
            let title = self.app.settings.partner_title(&heard.partner);
            let said = match heard.says {
                Says::Wait(month) => text!(
                    "{title} has told us that they were in touch with you; we wait until {month}.",
                    "{title} har fortalt oss at de har vært i kontakt med deg; vi venter til {month}."
                ),
                _ => text!(
                    "{title} has told us that you said no to them; so we do not write to you either.",
                    "{title} har fortalt oss at du sa nei til dem; da skriver ikke vi heller til deg."
                ),
            };
            page.line("", said.pick(lang));
        }
        for partner in self.app.settings.partners.values().filter(|partner| !partner.shares.is_empty()) {
            let title = &partner.title;
            let what: Vec<_> = partner.shares.iter().map(|share| share.of_one()).collect();
            let en = what.iter().map(|what| what.en.as_str()).collect::<Vec<_>>().join(" and ");
            let nb = what.iter().map(|what| what.nb.as_str()).collect::<Vec<_>>().join(" og ");
            let said = text!(
                "If {title} is about to write to you and asks us first, it is told {en}, and nothing else. Which people it asks about, we do not see.",
                "Hvis {title} skal til å skrive til deg og spør oss først, får den vite {nb}, og ikke noe mer. Hvem den spør om, ser vi ikke."
            );
            page.line("", said.pick(lang));
        }
        page.said
    }

    pub(super) fn sources_in_words(&self, sources: &[Source]) -> String {
        let mut page = Page::of(self);
        let lang = self.ctx.lang;
        page.heading(&text!("Where we have it from", "Hvor vi har det fra"), self);
        if sources.is_empty() {
            let said = text!(
                "No list that we still have names you. You wrote to us, or somebody here wrote down that you met.",
                "Ingen liste vi fortsatt har, nevner deg. Du skrev til oss, eller noen her skrev ned at dere møttes."
            );
            page.line("", said.pick(lang));
        }
        for source in sources {
            let (list, n) = (inert(&source.list), source.line);
            let (title, basis) = (inert(&source.title), inert(&source.basis));
            let decided = match source.decision {
                Decision::Eligible => text!("you were to get the message", "du skulle få meldingen"),
                other => other.explain(),
            };
            let decided = decided.pick(lang);
            let said = say!(
                lang,
                "line {n} of the list {list}, for “{title}”. Why we may use it: {basis}. What came of it: {decided}.",
                "linje {n} i listen {list}, for «{title}». Hvorfor vi kan bruke det: {basis}. Hva det ble til: {decided}."
            );
            page.line(&self.local(source.at), &said);
        }
        page.said
    }

    fn sent(&self, page: &mut Page, known: &Known) {
        if known.messages.is_empty() && known.by_hand.is_empty() {
            return;
        }
        let lang = self.ctx.lang;
        page.heading(&text!("What we wrote to you", "Det vi skrev til deg"), self);
        let mut all = Vec::new();
        for (m, letter) in &known.messages {
            let (how, state) = (way(Some(&m.channel)), m.state.meaning(m.channel == "call"));
            let (how, state, campaign) = (how.pick(lang), state.pick(lang), inert(&m.campaign));
            all.push((
                m.state_at,
                say!(lang, "{how}, campaign {campaign}: {state}", "{how}, kampanje {campaign}: {state}"),
                letter,
            ));
        }
        for (d, letter) in &known.by_hand {
            let (how, state, by) = (way(Some(&d.channel)), d.state.meaning(false), inert(&d.made_by));
            let (how, state) = (how.pick(lang), state.pick(lang));
            all.push((d.made_at, say!(lang, "{how}, by {by}: {state}", "{how}, av {by}: {state}"), letter));
        }
        all.sort_by_key(|(at, ..)| *at);
        for (at, said, letter) in all {
            page.line(&self.local(at), &said);
            match letter.is_gone() {
                true => page.quote(self.app.settings.retention.gone().pick(lang)),
                false => page.quote(&letter.text),
            }
            if let Some(place) = letter.region.as_deref().map(inert) {
                page.quote(&say!(lang, "(the list says that you are in {place})", "(listen sier at du er i {place})"));
            }
            for (name, cell) in letter.cells.iter().filter(|(_, cell)| !cell.is_empty()) {
                let (name, cell) = (inert(name), inert(cell));
                page.quote(&say!(lang, "(the list has {name}: {cell})", "(listen har {name}: {cell})"));
            }
            if letter.media.is_some() {
                page.quote(&say!(lang, "(with a picture)", "(med et bilde)"));
            }
        }
    }

    fn written(&self, page: &mut Page, known: &Known) {
        if known.replies.is_empty() {
            return;
        }
        let lang = self.ctx.lang;
        page.heading(&text!("What you wrote to us", "Det du skrev til oss"), self);
        for reply in &known.replies {
            let (how, meant) = (way(Some(&reply.channel)), reply.kind.text());
            let (how, meant) = (how.pick(lang), meant.pick(lang));
            page.line(
                &self.local(reply.received_at),
                &say!(lang, "{how}; we took it as: {meant}", "{how}; vi forsto det som: {meant}"),
            );
            match &reply.text {
                Some(text) => page.quote(text.expose()),
                None => page.quote(self.app.settings.retention.gone().pick(lang)),
            }
        }
    }

    fn happened(&self, page: &mut Page, known: &Known) {
        // What has a text of its own stands above; what somebody wrote down has none.
        let told = |entry: &&Touch| match entry.kind {
            TouchKind::Message => entry.message_id.is_none() || entry.note.is_some(),
            TouchKind::Reply => entry.actor.is_some() || entry.note.is_some(),
            TouchKind::Revealed => entry.note.is_some(),
            _ => true,
        };
        let entries: Vec<&Touch> = known.history.iter().filter(told).collect();
        if entries.is_empty() {
            return;
        }
        page.heading(&text!("What else happened", "Hva mer som skjedde"), self);
        for entry in entries {
            page.line(&self.local(entry.at), &self.entry_in_words(entry));
            if let Some(note) = &entry.note {
                page.quote(note.expose());
            }
        }
    }

    fn entry_in_words(&self, entry: &Touch) -> String {
        let lang = self.ctx.lang;
        let how = entry.channel.as_deref().map(|channel| way(Some(channel)));
        let detail = entry.detail.as_deref().map(explain);
        let said = [Some(entry.kind.explain()), how, detail].into_iter().flatten();
        let mut said: Vec<String> = said.map(|said| said.pick(lang).to_owned()).collect();
        said.extend(entry.campaign.as_deref().map(inert));
        said.extend(entry.actor.as_deref().map(inert));
        inert(&said.join(", "))
    }

    fn to_do(&self, page: &mut Page, known: &Known) {
        if known.tasks.is_empty() {
            return;
        }
        let lang = self.ctx.lang;
        page.heading(&text!("Calls and other tasks about you", "Samtaler og andre oppgaver om deg"), self);
        for task in &known.tasks {
            let (what, state) = (what(task), state(task));
            let (what, state) = (what.pick(lang), state.pick(lang));
            let campaign = inert(task.campaign.as_deref().unwrap_or_default());
            page.line(&self.local(task.due_at), format!("{what}, {campaign}: {state}").trim());
        }
    }

    fn looked(&self, page: &mut Page, known: &Known) {
        let lang = self.ctx.lang;
        page.heading(&text!("Who has looked, and who did what", "Hvem som har sett, og hvem som gjorde hva"), self);
        let named = known.history.iter().filter(|entry| entry.kind == TouchKind::Revealed);
        let named = named.map(|entry| (entry.at, self.entry_in_words(entry)));
        let noted = known.seen.iter().map(|entry| {
            let act = Act::parse(&entry.act).map_or_else(|| plain(&entry.act), Act::text);
            (entry.at, format!("{}: {}", self.who(known, entry), act.pick(lang)))
        });
        let mut all: Vec<(i64, String)> = named.chain(noted).collect();
        all.sort_by_key(|(at, _)| *at);
        for (at, said) in all {
            page.line(&self.local(at), &said);
        }
    }

    fn who(&self, known: &Known, entry: &Entry) -> String {
        let lang = self.ctx.lang;
        let named = entry.who_id.and_then(|id| known.names.get(&id)).map(|name| inert(name));
        named.unwrap_or_else(|| match (entry.who.as_str(), entry.who_os) {
            ("house", _) => say!(lang, "Lykt itself", "Lykt selv"),
            (_, Some(uid)) => {
                say!(lang, "the command line (system user {uid})", "kommandolinjen (systembruker {uid})")
            }
            _ => say!(lang, "somebody who works here no more", "noen som ikke jobber her lenger"),
        })
    }
}

fn plain(word: &str) -> Text {
    let word = inert(word);
    text!("{word}", "{word}")
}

fn what(task: &Task) -> Text {
    match task.is_by_hand() {
        true => text!("a message to be written by hand", "en melding som skrives for hånd"),
        false => text!("a call", "en samtale"),
    }
}

fn state(task: &Task) -> Text {
    let outcome = task.outcome.as_deref().and_then(Outcome::parse);
    match (task.state, outcome) {
        (TaskState::Planned | TaskState::Open | TaskState::Claimed, _) => text!("not done yet", "ikke gjort ennå"),
        (TaskState::Done, Some(outcome)) => outcome.text(),
        (TaskState::Done, None) => text!("done", "gjort"),
        (TaskState::Dropped, _) => text!("called off", "avlyst"),
        (TaskState::Lapsed, _) => text!("not done in time", "ikke gjort i tide"),
    }
}
