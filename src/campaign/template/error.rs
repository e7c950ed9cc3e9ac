//! Why a text cannot be read or filled in, and where in it.

use std::ops::Range;

use minijinja::Error;

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

/// The error of a text that the engine does not understand.
pub(super) fn unread(error: &Error, text: &str) -> TemplateError {
    let reason = error.detail().unwrap_or("syntax error").to_owned();
    TemplateError::Syntax { reason, range: range_of(error, text) }
}

/// Where in the text an error is; the engine's word for it now and then ends before it begins.
pub(super) fn range_of(error: &Error, text: &str) -> Option<Range<usize>> {
    error.range().filter(|range| text.get(range.clone()).is_some())
}
