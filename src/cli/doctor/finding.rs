//! What the doctor found: a cause, how it stands, and what to do.

use serde_json::json;

use crate::cli::Ctx;
use crate::cli::glyph::Mark;
use crate::cli::table::wrap;
use crate::domain::lang::{Lang, Text};
use crate::{say, words};

words! {
    /// How a cause stands.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
    pub(super) enum State {
        /// Well.
        #[default]
        Ok = "ok",
        /// Works, and should be looked at.
        Warning = "warning",
        /// Stops something.
        Broken = "broken",
    }

    fn as_str;
}

/// One cause.
#[derive(Debug)]
pub(super) struct Finding {
    cause: &'static str,
    about: Option<String>,
    state: State,
    what: Text,
    todo: Option<Text>,
}

/// All of them, in the order in which they were looked at.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Finding>);

impl State {
    fn mark(self) -> Mark {
        match self {
            State::Ok => Mark::Well,
            State::Warning => Mark::Look,
            State::Broken => Mark::Broken,
        }
    }

    fn word(self, lang: Lang) -> String {
        match self {
            State::Ok => say!(lang, "ok", "i orden"),
            State::Warning => say!(lang, "warning", "advarsel"),
            State::Broken => say!(lang, "broken", "feil"),
        }
    }
}

impl Findings {
    /// Something is well.
    pub fn ok(&mut self, cause: &'static str, what: Text) {
        self.0.push(Finding { cause, about: None, state: State::Ok, what, todo: None });
    }

    /// Something works and should be looked at.
    pub fn warning(&mut self, cause: &'static str, what: Text, todo: Text) {
        self.0.push(Finding { cause, about: None, state: State::Warning, what, todo: Some(todo) });
    }

    /// Something is stopped by this.
    pub fn broken(&mut self, cause: &'static str, what: Text, todo: Text) {
        self.0.push(Finding { cause, about: None, state: State::Broken, what, todo: Some(todo) });
    }

    /// Says which account, campaign or file the last finding is about.
    pub fn about(&mut self, name: impl Into<String>) {
        if let Some(last) = self.0.last_mut() {
            last.about = Some(name.into());
        }
    }

    /// The worst of all.
    pub fn worst(&self) -> State {
        self.0.iter().map(|finding| finding.state).max().unwrap_or_default()
    }

    /// A list of `{cause, state, what, do}`; `what` and `do` are sentences in the person's language.
    pub fn json(&self, lang: Lang) -> serde_json::Value {
        let one = |f: &Finding| {
            json!({
                "cause": f.cause, "about": f.about, "state": f.state.as_str(),
                "what": f.what.pick(lang), "do": f.todo.as_ref().map(|todo| todo.pick(lang)),
            })
        };
        self.0.iter().map(one).collect::<Vec<_>>().into()
    }

    /// The list as a person reads it: what is broken last, where the eye is.
    pub fn show(&self, ctx: &Ctx) -> String {
        let (lang, width) = (ctx.lang, ctx.width());
        let mut out = String::new();
        let mut sorted: Vec<&Finding> = self.0.iter().collect();
        sorted.sort_by_key(|finding| finding.state);
        for finding in sorted {
            let (mark, word) = (finding.state.mark().paint(ctx), finding.state.word(lang));
            for (n, line) in wrap(finding.what.pick(lang), width.saturating_sub(13)).into_iter().enumerate() {
                let start = if n == 0 { format!(" {mark} {word:<9}") } else { " ".repeat(12) };
                out.push_str(&format!("{start} {line}\n"));
            }
            let todo = finding.todo.as_ref().map(|todo| wrap(todo.pick(lang), width.saturating_sub(16)));
            for (n, line) in todo.into_iter().flatten().enumerate() {
                let start = if n == 0 { "->" } else { "  " };
                out.push_str(&format!("{}{start} {line}\n", " ".repeat(13)));
            }
        }
        let count = |state: State| self.0.iter().filter(|finding| finding.state == state).count();
        let (ok, warnings, broken) = (count(State::Ok), count(State::Warning), count(State::Broken));
        out.push_str(&say!(
            lang,
            "\n{ok} ok, {warnings} to look at, {broken} broken.\n",
            "\n{ok} i orden, {warnings} å se på, {broken} feil.\n"
        ));
        out
    }
}
