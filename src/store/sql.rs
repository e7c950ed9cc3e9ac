//! A statement and its parameters, put together once for both databases. Knows neither.
//!
//! SQL is written with `$1`, `$2`, as PostgreSQL has it.

use std::borrow::Cow;
use std::fmt::Write as _;

use uuid::Uuid;

use crate::domain::id::{
    AbsenceId, AddressId, AskId, ContactId, CountedId, DirectId, HookId, MessageId, NoticeId, OutcomeId, PlanId,
    ReplyId, TaskId, TokenId, TouchId, UserId, VerdictId,
};

/// A statement with its parameters.
#[derive(Debug)]
pub struct Sql {
    /// A bare `?` stands for each parameter, as SQLite has it.
    text: Cow<'static, str>,
    /// Which of the parameters each `?` is.
    places: Vec<usize>,
    args: Vec<Arg>,
    /// What it must change.
    pub(super) expects: Option<Expected>,
    /// Whether it looks through a whole table on purpose.
    pub(super) whole: bool,
}

/// How many rows, and of what.
pub(super) type Expected = (u64, &'static str);

/// One parameter.
#[derive(Clone)]
pub enum Arg {
    /// An id.
    Uuid(Option<Uuid>),
    /// Sealed bytes or a blind index.
    Bytes(Option<Vec<u8>>),
    /// A word.
    Text(Option<String>),
    /// A number, or a time in unix milliseconds.
    Int(Option<i64>),
    /// Yes or no.
    Bool(Option<bool>),
}

/// So many rows are a statement of their own.
const EXACT: usize = 8;
/// More come in multiples of this.
const ROUND: usize = 16;

/// Begins a statement; its parameters are `$1`, `$2` in the order in which they are bound.
pub fn sql(text: &'static str) -> Sql {
    Sql { text: Cow::Borrowed(""), places: Vec::new(), args: Vec::new(), expects: None, whole: false }.push(text)
}

/// Begins a statement with text that is put together of names, and has no parameters of its own.
pub(super) fn written(text: &str) -> Sql {
    sql("").push_written(text)
}

impl Sql {
    /// Adds the next parameter.
    #[must_use]
    pub fn bind(mut self, arg: impl Into<Arg>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds text of our own.
    #[must_use]
    pub fn push(mut self, text: &'static str) -> Self {
        debug_assert!(!text.contains('?'), "a question mark would be taken for a parameter: {text}");
        let mut parts = text.split('$');
        let first = parts.next().unwrap_or_default();
        if self.text.is_empty() && first.len() == text.len() {
            self.text = Cow::Borrowed(text);
            return self;
        }
        self.text.to_mut().push_str(first);
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            self.places.extend(number.parse::<usize>().ok().and_then(|n| n.checked_sub(1)));
            let text = self.text.to_mut();
            text.push('?');
            text.push_str(rest);
        }
        self
    }

    /// Adds text that is put together of names, and has no parameters of its own.
    #[must_use]
    pub(super) fn push_written(mut self, text: &str) -> Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Has it change exactly so many rows of this, or be an error.
    #[must_use]
    pub fn exactly(mut self, rows: u64, what: &'static str) -> Self {
        self.expects = Some((rows, what));
        self
    }

    /// Says that it looks through a whole table on purpose: seldom, or for one person.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// The statement as SQLite has it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds parameters for `in (..)`: `$4, $5, $6`. Of many, the last is said again up to a round number.
    #[must_use]
    pub fn list(mut self, args: impl IntoIterator<Item = impl Into<Arg>>) -> Self {
        let before = self.args.len();
        self.args.extend(args.into_iter().map(Into::into));
        let count = self.args.len() - before;
        if let Some(last) = self.args.last().filter(|_| count > 0).cloned() {
            self.args.extend(std::iter::repeat_n(last, round(count) - count));
        }
        self.place(before);
        self
    }

    /// Adds rows of parameters: `($4, $5), ($6, $7)`.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = impl IntoIterator<Item = Arg>>) -> Self {
        for (n, row) in rows.into_iter().enumerate() {
            self.text.to_mut().push_str(if n == 0 { "(" } else { ", (" });
            let before = self.args.len();
            self.args.extend(row);
            self.place(before);
            self.text.to_mut().push(')');
        }
        self
    }

    /// Adds rows to take from, `(values ($4, $5), ($6, $7)) as v`: `v.column1` is the first of a row. Many are filled up
    /// to a round number with rows of nothing; whoever takes them all says `where v.column1 is not null`.
    #[must_use]
    pub fn values<const N: usize>(mut self, rows: impl IntoIterator<Item = [Arg; N]>) -> Self {
        let mut rows: Vec<[Arg; N]> = rows.into_iter().collect();
        if let Some(last) = rows.last() {
            let nothing = last.each_ref().map(Arg::nothing);
            rows.resize(round(rows.len()), nothing);
        }
        self.args.reserve(rows.len() * N);
        self.places.reserve(rows.len() * N);
        self.text.to_mut().reserve(rows.len() * (3 * N + 4));
        self.push("(values ").rows(rows).push(") as v")
    }

    /// Places the parameters from one on: `?, ?`.
    fn place(&mut self, from: usize) {
        let text = self.text.to_mut();
        text.reserve(3 * (self.args.len() - from));
        for n in from..self.args.len() {
            text.push_str(if n == from { "?" } else { ", ?" });
            self.places.push(n);
        }
    }

    /// The statement for SQLite, with its parameters in the order in which they appear.
    ///
    /// SQLite takes `$1` for a name, numbers names as they first appear, and looks each of them up in a list from its
    /// start: a statement of a thousand named parameters costs a million steps. A bare `?` has no name.
    pub(super) fn in_place(self) -> (String, Vec<Arg>) {
        let Self { text, places, args, .. } = self;
        let each_once = places.len() == args.len() && places.iter().enumerate().all(|(at, place)| at == *place);
        let args = match each_once {
            true => args,
            false => places.iter().filter_map(|place| args.get(*place).cloned()).collect(),
        };
        (text.into_owned(), args)
    }

    /// The statement for PostgreSQL, with its parameters by number.
    pub(super) fn by_number(self) -> (String, Vec<Arg>) {
        let mut places = self.places.iter();
        let mut text = String::with_capacity(self.text.len() + 4 * self.places.len());
        for (n, part) in self.text.split('?').enumerate() {
            if n > 0 {
                // Writing to a string never fails.
                let _ = write!(text, "${}", places.next().map_or(0, |place| place + 1));
            }
            text.push_str(part);
        }
        (text, self.args)
    }

    /// Statements for SQLite as one text, to be run in turn; what each expects is given back beside it.
    pub(super) fn in_turn(all: Vec<Self>) -> (String, Vec<Arg>, Vec<Option<Expected>>) {
        let mut text = String::with_capacity(all.iter().map(|next| next.text.len() + 1).sum());
        let mut args = Vec::with_capacity(all.iter().map(|next| next.args.len()).sum());
        let mut expects = Vec::with_capacity(all.len());
        for next in all {
            expects.push(next.expects);
            let (more, of_it) = next.in_place();
            text.push_str(&more);
            text.push(';');
            args.extend(of_it);
        }
        (text, args, expects)
    }
}

/// The same statement for another number of rows is another one, which the database must prepare anew: many rows come in
/// round numbers.
fn round(rows: usize) -> usize {
    if rows <= EXACT { rows } else { rows.next_multiple_of(ROUND) }
}

macro_rules! args {
    ($($kind:ident: $($from:ty),+ => |$value:ident| $into:expr);+ $(;)?) => {$($(
        impl From<$from> for Arg {
            fn from($value: $from) -> Arg {
                Arg::$kind(Some($into))
            }
        }
        impl From<Option<$from>> for Arg {
            fn from(value: Option<$from>) -> Arg {
                Arg::$kind(value.map(|$value| $into))
            }
        }
    )+)+};
}

args! {
    Uuid: AbsenceId, AddressId, AskId, ContactId, CountedId, DirectId, HookId, MessageId, NoticeId, OutcomeId, PlanId, ReplyId, TaskId, TokenId, TouchId, UserId, VerdictId => |value| value.0;
    Bytes: Vec<u8>, [u8; 32], &[u8; 32] => |value| value.to_vec();
    Text: String, &str, &String => |value| value.to_string();
    Int: i64 => |value| value;
    Bool: bool => |value| value;
}

impl Arg {
    /// Nothing, of the same kind.
    fn nothing(&self) -> Self {
        match self {
            Arg::Uuid(_) => Arg::Uuid(None),
            Arg::Bytes(_) => Arg::Bytes(None),
            Arg::Text(_) => Arg::Text(None),
            Arg::Int(_) => Arg::Int(None),
            Arg::Bool(_) => Arg::Bool(None),
        }
    }
}

impl std::fmt::Debug for Arg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(arg)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_gets_its_parameters_by_place_and_not_by_name() {
        let (text, args) = mixed().in_place();
        assert_eq!(text, "select ? where a = ? and b = ?, ? or c = ?");
        assert_eq!(words(&args), ["two", "1", "3", "4", "two"]);
    }

    #[test]
    fn postgresql_gets_its_parameters_by_number() {
        let (text, args) = mixed().by_number();
        assert_eq!(text, "select $2 where a = $1 and b = $3, $4 or c = $2");
        assert_eq!(words(&args), ["1", "two", "3", "4"]);
    }

    #[test]
    fn statements_in_turn_keep_their_parameters_apart_and_what_each_expects() {
        let all =
            vec![sql("a $2, $1").bind(1).bind("two").exactly(1, "a"), sql("b"), sql("c $1").bind(3).exactly(3, "c")];
        let (text, args, expects) = Sql::in_turn(all);
        assert_eq!(text, "a ?, ?;b;c ?;");
        assert_eq!(words(&args), ["two", "1", "3"]);
        assert_eq!(expects, [Some((1, "a")), None, Some((3, "c"))]);
    }

    #[test]
    fn many_rows_come_in_round_numbers_so_that_statements_repeat() {
        let list = |count: i64| sql("in (").list(0..count);
        assert_eq!(list(8).args.len(), 8);
        let nine = list(9);
        assert_eq!(words(&nine.args[7..]), ["7", "8", "8", "8", "8", "8", "8", "8", "8"], "the last is said again");
        assert!(nine.by_number().0.ends_with("$15, $16"));
        assert_eq!(list(17).text, list(32).text);

        let values = |count: i64| sql("from ").values((0..count).map(|n| [n.into(), "x".into()]));
        assert_eq!(values(2).by_number().0, "from (values ($1, $2), ($3, $4)) as v");
        let nine = values(9);
        assert_eq!(nine.text, values(16).text);
        let last = words(&nine.args[14..]);
        assert_eq!(last[..4], ["7", "x", "8", "x"]);
        assert!(last[4..].iter().all(String::is_empty) && last.len() == 18, "rows of nothing");
    }

    fn mixed() -> Sql {
        sql("select $2 where a = $1 and b = ").bind(1).bind("two").list([3, 4]).push(" or c = $2")
    }

    fn words(args: &[Arg]) -> Vec<String> {
        args.iter().map(word).collect()
    }

    fn word(arg: &Arg) -> String {
        match arg {
            Arg::Text(Some(text)) => text.clone(),
            Arg::Int(Some(n)) => n.to_string(),
            _ => String::new(),
        }
    }
}
