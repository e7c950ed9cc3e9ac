//! A text with variables becomes one message. Pure; knows no list, no language and no channel.
//!
//! Strict: a value that a text needs and a row lacks is an error, never an empty place or the word "undefined" in someone's
//! SMS. Only `if`, `or` and `default` may ask whether a value is there.

mod error;
mod guard;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use minijinja::value::Object;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

pub use self::error::{TemplateError, Why};
use self::error::{range_of, unread};
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

#[cfg(test)]
mod tests;
