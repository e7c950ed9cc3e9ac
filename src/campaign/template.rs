//! A text with variables becomes one message. Pure; knows no list, no language and no channel.
//!
//! Strict: a value that a text needs and a row lacks is an error, never an empty place or the word "undefined" in someone's
//! SMS. Only `if`, `or` and `default` may ask whether a value is there.

mod guard;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use minijinja::value::Object;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use self::guard::{imported, overgrown, plain, says_undefined};
use crate::domain::gather::Gather;
use crate::domain::inert::is_blank;

/// The most characters of a text before its variables are filled in.
const MOST_WRITTEN: usize = 4_000;
/// The most characters of a message: what gateways take as one.
pub const MOST_SENT: usize = 1_600;
/// What a text may cost to fill in; a plain message costs less than a hundredth.
const FUEL: u64 = 10_000;
/// How deep a text may nest: macros that call macros.
const DEPTH: usize = 20;
/// Not `.html`, or `&` becomes `&amp;` in someone's SMS.
const NAME: &str = "text.txt";

/// What is offered in general, and before a dot and a kind: a service near somebody.
pub const SERVICES: &str = "services";
/// What a variable begins with that is a service of some kind.
pub const SERVICE: &str = "services.";

/// A text, understood once and filled in for many.
pub struct Template {
    environment: Environment<'static>,
    variables: BTreeSet<String>,
}

/// Why a text cannot be read or filled in. Holds words of the template, never values of a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A variable that the text needs has no value.
    #[error("the text needs `{0}`, which has no value")]
    Missing(String),
    /// It never ends, or costs more than any message.
    #[error("the text never ends")]
    Endless(Option<Range<usize>>),
    /// Longer than any gateway takes.
    #[error("the text is longer than {most} characters")]
    TooLong {
        /// How many are allowed.
        most: usize,
    },
    /// It cannot be read.
    #[error("the text cannot be read: {reason}")]
    Syntax {
        /// In the words of the template engine; nothing but the template's own.
        reason: String,
        /// Where in the text.
        range: Option<Range<usize>>,
    },
    /// It can be read, but not carried out.
    #[error("the text cannot be filled in")]
    Fails {
        /// What stands in the way.
        why: Why,
        /// Where in the text.
        range: Option<Range<usize>>,
    },
}

/// What stands in the way of filling in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Arithmetic that cannot be: a division by zero, a word times a word.
    Arithmetic,
    /// A filter, test or function that does not exist.
    Unknown,
    /// Another file, of which there is none.
    OtherFile,
    /// What it gives is no text: a list, a yes or no, nothing.
    NoText,
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// When it is too long or its syntax is wrong; says where.
    pub fn new(text: &str) -> Result<Self, TemplateError> {
        if text.chars().nth(MOST_WRITTEN).is_some() {
            return Err(TemplateError::TooLong { most: MOST_WRITTEN });
        }
        if let Some(range) = overgrown(text) {
            return Err(TemplateError::Endless(Some(range)));
        }
        if let Some(range) = imported(text) {
            return Err(TemplateError::Fails { why: Why::OtherFile, range: Some(range) });
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEPTH);
        environment.set_debug(true);
        environment.remove_global("debug");
        // Falls over a sign that is no letter; a text has no need of it.
        environment.remove_filter("format");
        environment.set_formatter(only_text);
        environment.add_template_owned(NAME, text.to_owned()).map_err(|error| unread(&error, text))?;
        let template = environment.get_template(NAME).map_err(|error| unread(&error, text))?;
        let known: BTreeSet<&str> = environment.globals().map(|(name, _)| name).gather();
        let variables = template.undeclared_variables(false).into_iter();
        // A service is named by its kind, and is a variable of its own.
        let kinds = template.undeclared_variables(true).into_iter().filter(|name| name.starts_with(SERVICE));
        let plain = template.undeclared_variables(true).contains(SERVICES);
        let variables = variables.filter(|name| !known.contains(name.as_str()) && (plain || name != SERVICES));
        let variables = variables.chain(kinds).gather();
        Ok(Self { environment, variables })
    }

    /// The variables that the text names.
    pub fn variables(&self) -> &BTreeSet<String> {
        &self.variables
    }

    /// Fills the text in. A blank value counts as none; what values bring of control characters is left out.
    ///
    /// # Errors
    /// When a value that is needed is missing, or as the text itself has it.
    pub fn render(&self, values: &BTreeMap<String, String>) -> Result<String, TemplateError> {
        let given = self.variables.iter().filter_map(|name| {
            let value = plain(values.get(name)?);
            (!is_blank(&value)).then(|| (name.as_str(), Value::from(value)))
        });
        let given: BTreeMap<&str, Value> = given.gather();
        let template = self.environment.get_template(NAME).map_err(|error| unread(&error, ""))?;
        let text =
            template.render(self.context(&given)).map_err(|error| self.fault(&error, template.source(), &given))?;
        let text = text.trim();
        if text.chars().nth(MOST_SENT).is_some() {
            return Err(TemplateError::TooLong { most: MOST_SENT });
        }
        // Strictness ends at lists: one that is made into a text shows what it lacks as a word.
        let silent = |text: &str| !says_undefined(text);
        if says_undefined(text)
            && silent(template.source())
            && given.values().all(|value| value.as_str().is_none_or(silent))
        {
            return Err(self.missing(&given, None, None));
        }
        Ok(text.to_owned())
    }

    /// The values as the engine takes them: kinds of services stand in one object, beside what is offered in general.
    fn context(&self, given: &BTreeMap<&str, Value>) -> Value {
        let mut all = given.clone();
        let names_kinds = self.variables.iter().any(|name| name.starts_with(SERVICE));
        if names_kinds && (all.contains_key(SERVICES) || !self.variables.contains(SERVICES)) {
            let kind = |(name, value): (&&str, &Value)| Some((name.strip_prefix(SERVICE)?.to_owned(), value.clone()));
            let kinds = given.iter().filter_map(kind).gather();
            let offered = all.get(SERVICES).and_then(|value| value.as_str().map(str::to_owned));
            all.retain(|name, _| !name.starts_with(SERVICE));
            all.insert(SERVICES, Value::from_object(Services { offered, kinds }));
        }
        Value::from(all)
    }

    /// The variable that has no value, by the name that the engine gave if it is one of them.
    fn missing(
        &self,
        given: &BTreeMap<&str, Value>,
        named: Option<&str>,
        range: Option<Range<usize>>,
    ) -> TemplateError {
        let missing = |name: &&String| !given.contains_key(name.as_str());
        let named = self.variables.iter().filter(missing).find(|name| named == Some(name.as_str()));
        match named.or_else(|| self.variables.iter().find(missing)) {
            Some(name) => TemplateError::Missing(name.clone()),
            None => TemplateError::Fails { why: Why::NoText, range },
        }
    }

    fn fault(&self, error: &Error, text: &str, given: &BTreeMap<&str, Value>) -> TemplateError {
        let range = range_of(error, text);
        match error.kind() {
            ErrorKind::UndefinedError => {
                self.missing(given, error.detail().and_then(|detail| detail.split('`').nth(1)), range)
            }
            ErrorKind::OutOfFuel => TemplateError::Endless(range),
            ErrorKind::InvalidOperation if error.detail() == Some("recursion limit exceeded") => {
                TemplateError::Endless(range)
            }
            ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod
            | ErrorKind::UnknownBlock => TemplateError::Fails { why: Why::Unknown, range },
            ErrorKind::TemplateNotFound | ErrorKind::BadInclude => TemplateError::Fails { why: Why::OtherFile, range },
            ErrorKind::NonPrimitive | ErrorKind::BadSerialization => TemplateError::Fails { why: Why::NoText, range },
            _ => TemplateError::Fails { why: Why::Arithmetic, range },
        }
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("variables", &self.variables).finish_non_exhaustive()
    }
}

/// `{{ services }}` is what is offered in general, `{{ services.KIND }}` the service of a kind near somebody.
#[derive(Debug)]
struct Services {
    offered: Option<String>,
    kinds: BTreeMap<String, Value>,
}

impl Object for Services {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.kinds.get(key.as_str()?).cloned()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.offered.as_deref().unwrap_or_default())
    }
}

/// Writes texts and numbers, and refuses what would come out as `None`, `True` or `[..]`.
fn only_text(out: &mut minijinja::Output<'_>, _: &mut minijinja::State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if let Some(services) = value.downcast_object_ref::<Services>() {
        let Some(offered) = &services.offered else { return Err(Error::from(ErrorKind::UndefinedError)) };
        return out.write_str(offered).map_err(|_| Error::from(ErrorKind::WriteFailure));
    }
    if value.as_str().is_none() && !value.is_number() {
        return Err(Error::from(ErrorKind::NonPrimitive));
    }
    write!(out, "{value}").map_err(|_| Error::from(ErrorKind::WriteFailure))
}

fn unread(error: &Error, text: &str) -> TemplateError {
    let reason = error.detail().unwrap_or("syntax error").to_owned();
    TemplateError::Syntax { reason, range: range_of(error, text) }
}

/// Where in the text an error is; the engine's word for it now and then ends before it begins.
fn range_of(error: &Error, text: &str) -> Option<Range<usize>> {
    error.range().filter(|range| text.get(range.clone()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(given: &[(&str, &str)]) -> BTreeMap<String, String> {
        given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn render(text: &str, given: &[(&str, &str)]) -> Result<String, TemplateError> {
        Template::new(text)?.render(&values(given))
    }

    #[test]
    fn a_text_is_filled_in_as_it_stands() {
        let text = "Hei! Dette er {{ sender }} fra <Lykten> & co i {{region}}.\n";
        let template = Template::new(text).unwrap();
        assert_eq!(template.variables().iter().collect::<Vec<_>>(), ["region", "sender"]);
        let filled = template.render(&values(&[("sender", "Åse & \"Bo\""), ("region", "Bærum"), ("more", "x")]));
        assert_eq!(filled.unwrap(), "Hei! Dette er Åse & \"Bo\" fra <Lykten> & co i Bærum.");
    }

    #[test]
    fn a_value_that_is_missing_or_blank_is_named_and_never_written_as_nothing() {
        for given in
            [&[][..], &[("region", "")], &[("region", " \t\u{a0}\u{3164}\u{2800}")], &[("region", "\u{200b}\u{202e}")]]
        {
            assert_eq!(render("i {{ region }}!", given), Err(TemplateError::Missing("region".to_owned())), "{given:?}");
        }
        let given = [("a", "x")];
        for text in [
            "{{ a ~ zz }}",
            "{{ zz|upper }}",
            "{% for x in zz %}{% endfor %}{{ zz }}",
            "{{ [a, zz] ~ a }}",
            "{{ [zz]|string|upper }}",
        ] {
            assert_eq!(render(text, &given), Err(TemplateError::Missing("zz".to_owned())), "{text}");
        }
    }

    #[test]
    fn undefined_is_a_word_that_people_may_write() {
        assert_eq!(render("Undefined {{ a }}", &[("a", "x")]).unwrap(), "Undefined x");
        assert_eq!(render("{{ a }}", &[("a", "undefined")]).unwrap(), "undefined");
        let fails = Err(TemplateError::Fails { why: Why::NoText, range: None });
        assert_eq!(render("{{ [a.b]|string }}", &[("a", "x")]), fails);
    }

    #[test]
    fn a_text_may_ask_whether_a_value_is_there() {
        let text = "Hei{% if name %} {{ name }}{% endif %}, {{ region|default('her') }}";
        assert_eq!(render(text, &[]).unwrap(), "Hei, her");
        assert_eq!(render(text, &[("name", "Bo"), ("region", "Oslo")]).unwrap(), "Hei Bo, Oslo");
    }

    #[test]
    fn a_service_is_named_by_its_kind_and_one_that_is_not_near_is_missing() {
        let text = "Test: {{ services.sti_test }}. {{ sender }}";
        let template = Template::new(text).unwrap();
        assert_eq!(template.variables().iter().collect::<Vec<_>>(), ["sender", "services.sti_test"]);
        let near = [("sender", "Ida"), ("services.sti_test", "Olafia"), ("services", "lege")];
        assert_eq!(render(text, &near).unwrap(), "Test: Olafia. Ida");
        let missing = Err(TemplateError::Missing("services.sti_test".to_owned()));
        assert_eq!(render(text, &[("sender", "Ida"), ("services", "lege")]), missing);
        let asks = "{% if services.sti_test %}Test: {{ services.sti_test }}. {% endif %}{{ sender }}";
        assert_eq!(render(asks, &near).unwrap(), "Test: Olafia. Ida");
        assert_eq!(render(asks, &[("sender", "Ida")]).unwrap(), "Ida");
        assert_eq!(render("{{ services }}: {{ services.sti_test }}", &near).unwrap(), "lege: Olafia");
        assert_eq!(render("{{ services|upper }}", &near).unwrap(), "LEGE");
        let general = Err(TemplateError::Missing("services".to_owned()));
        assert_eq!(render("{{ services }}", &[("services.sti_test", "Olafia")]), general);
    }

    #[test]
    fn what_is_no_text_never_reaches_a_message() {
        for text in [
            "{{ none }}",
            "{{ true }}",
            "{{ [zz] }}",
            "{{ [1] }}",
            "{{ {'a': 1} }}",
            "{{ zz is defined }}",
            "{{ range }}",
        ] {
            let wrong = render(text, &[]).unwrap_err();
            assert!(matches!(wrong, TemplateError::Fails { why: Why::NoText, .. }), "{text}: {wrong:?}");
        }
        assert_eq!(render("{{ 3 }} {{ 2.5 }}", &[]).unwrap(), "3 2.5");
    }

    #[test]
    fn a_text_that_never_ends_is_stopped() {
        let endless = [
            "{% for i in range(100000) %}x{% endfor %}",
            "{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}",
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
            "{{ 'x' * 1000000000 }}",
            "{% set x = 'xxxxxxxxxx' * 1000 %}{% set y = x * 1000 %}{{ y * 1000 }}",
        ];
        for text in endless {
            let wrong = render(text, &[]).unwrap_err();
            assert!(matches!(wrong, TemplateError::Endless(_)), "{text}: {wrong:?}");
        }
        assert_eq!(render("{{ 'x' * 1700 }}", &[]), Err(TemplateError::TooLong { most: MOST_SENT }));
    }

    #[test]
    fn what_cannot_be_done_says_where() {
        let fails = |why, range| Err(TemplateError::Fails { why, range: Some(range) });
        assert_eq!(render("ab {{ 1/0 }}", &[]), fails(Why::Arithmetic, 6..9));
        assert_eq!(render("{% if 1 % 0 %}x{% endif %}", &[]), fails(Why::Arithmetic, 6..11));
        assert_eq!(render("{{ 'a'|shout }}", &[]), fails(Why::Unknown, 7..12));
        assert_eq!(render("{% include 'b' %}", &[]), fails(Why::OtherFile, 3..14));
        let Err(TemplateError::Syntax { range, .. }) = render("hei {{ a }", &[]) else { panic!("was taken") };
        assert_eq!(range, Some(9..10));
        let broken = "{% for in range(100000) %}x{% endfor %}";
        // The engine's own word for where this is ends before it begins.
        assert_eq!(render(broken, &[]), Err(TemplateError::Fails { why: Why::Arithmetic, range: None }));
    }

    #[test]
    fn what_the_engine_falls_over_is_refused() {
        for text in ["{{ '%((å'|format(a) }}", "{{ '%s'|format(a) }}"] {
            let refused = Template::new(text).and_then(|template| template.render(&values(&[("a", "x")])));
            assert!(matches!(refused, Err(TemplateError::Fails { .. } | TemplateError::Syntax { .. })), "{refused:?}");
        }
    }

    #[test]
    fn nothing_is_imported() {
        for text in ["a {% import 'a' as b() %}", "a {%- from 'a' import b as c() %}", "a {%import'a' as b%}"] {
            let wrong = render(text, &[]).unwrap_err();
            assert!(matches!(wrong, TemplateError::Fails { why: Why::OtherFile, .. }), "{text}: {wrong:?}");
        }
        assert_eq!(render("{% if a %}from {{ a }}{% endif %}", &[("a", "x")]).unwrap(), "from x");
    }

    #[test]
    fn a_text_made_to_break_the_parser_is_refused() {
        let nested = |open: &str, close: &str| format!("{{{{ {}1{} }}}}", open.repeat(1200), close.repeat(1200));
        let mut texts = vec![
            nested("(", ")"),
            nested("[", "]"),
            nested("-", ""),
            nested("not ", ""),
            nested("1+", ""),
            nested("", "|e"),
            nested("", ".a"),
            "{% if 1 %}".repeat(390),
            "{{".repeat(2000),
            "{%".repeat(2000),
            "{#".repeat(2000),
            "{% for a in b %}".repeat(190),
            format!("{{{{ '}}}}' ~ {}1/0 }}}}", "1+".repeat(1900)),
            format!("{{{{ '}}}}' ~ zz{} }}}}", ".a".repeat(1900)),
        ];
        texts.push("x".repeat(MOST_WRITTEN + 1));
        for text in texts {
            assert!(render(&text, &[("b", "1")]).is_err(), "{}", &text[..40]);
        }
    }

    #[test]
    fn a_value_brings_no_lines_and_no_marks_into_a_message() {
        let given = [("name", " Bo\r\n\u{202e}STOP\u{2066}\u{7}\u{2028}x\u{0}\t\u{feff}y {{ 1/0 }} ")];
        assert_eq!(render("Hei\n{{ name }}!", &given).unwrap(), "Hei\nBo STOP x y {{ 1/0 }}!");
        assert_eq!(render("{{ name }}", &[("name", "می\u{200c}خواهم")]).unwrap(), "می\u{200c}خواهم");
    }

    #[test]
    fn a_template_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&Template::new("Hei {{ sender }}").unwrap());
    }

    #[test]
    fn a_template_does_not_print_its_words() {
        let shown = format!("{:?}", Template::new("secret {{ sender }}").unwrap());
        assert!(!shown.contains("secret"), "{shown}");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_stumble(text in "[{}%#|()'a-c0-9/*+ \\n.\\[\\]~-]{0,120}", value in ".{0,20}") {
            let _ = render(&text, &[("a", &value), ("b", "1")]);
        }

        #[test]
        fn a_value_stays_on_its_line(value in any::<String>()) {
            if let Ok(text) = render("<{{ a }}>", &[("a", &value)]) {
                let turned = text.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}'));
                prop_assert!(!turned);
            }
        }
    }
}
