//! Whom a command is about: an address in any spelling, from the command line or from stdin.

use std::io::{IsTerminal, Read};

use encoding_rs::WINDOWS_1252;

use super::super::table::complain;
use super::super::{Exit, secret};
use super::{AddressArgs, Desk};
use crate::domain::private::Private;
use crate::ledger::Unclear;
use crate::say;

/// What comes on stdin: lines from a terminal when they are asked for, else everything at once.
pub(super) struct Input {
    /// How often it is still read: `-` stands so often on the command line.
    reads: usize,
    piped: Option<String>,
}

impl Input {
    /// Stdin that is read so often.
    pub(super) fn of(reads: usize) -> Self {
        Self { reads, piped: None }
    }

    /// The next line; asked for at a terminal, and not shown. `None` where more than was asked for stands behind it.
    fn line(&mut self, question: &str) -> anyhow::Result<Option<String>> {
        self.reads = self.reads.saturating_sub(1);
        if std::io::stdin().is_terminal() {
            return Ok(Some(secret::read(question)?.expose().clone()));
        }
        let all = self.rest()?;
        let (line, rest) = all.split_once('\n').unwrap_or((&all, ""));
        if self.reads == 0 && !rest.trim().is_empty() {
            return Ok(None);
        }
        self.piped = Some(rest.to_owned());
        Ok(Some(line.to_owned()))
    }

    /// Everything that is left. What is no UTF-8 comes from an old program, which had spaces of its own between digits.
    pub(super) fn rest(&mut self) -> anyhow::Result<String> {
        if let Some(rest) = self.piped.take() {
            return Ok(rest);
        }
        let mut all = Vec::new();
        std::io::stdin().read_to_end(&mut all)?;
        Ok(String::from_utf8(all).unwrap_or_else(|error| WINDOWS_1252.decode(error.as_bytes()).0.into_owned()))
    }
}

impl Desk<'_> {
    /// The address that was meant; says what is wrong and how to mend it when it is none.
    pub(super) async fn address(&mut self, args: &AddressArgs) -> anyhow::Result<Result<Private, Exit>> {
        let Some(written) = self.argument(args)? else { return Ok(Err(self.one_at_a_time())) };
        Ok(self.read(&written).await?.map_err(|problem| self.explain(&problem)))
    }

    /// As [`address`](Self::address); a number that no plan knows is taken too, and said to be one, for it may be a slip.
    pub(super) async fn address_of_a_no(&mut self, args: &AddressArgs) -> anyhow::Result<Result<Private, Exit>> {
        let Some(written) = self.argument(args)? else { return Ok(Err(self.one_at_a_time())) };
        let problem = match self.read(&written).await? {
            Ok(address) => return Ok(Ok(address)),
            Err(problem) => problem,
        };
        if matches!(problem, Unclear::Unknown(_)) {
            complain(problem.explain().pick(self.ctx.lang));
        }
        Ok(problem.for_a_no().map_err(|problem| self.explain(&problem)))
    }

    fn argument(&mut self, args: &AddressArgs) -> anyhow::Result<Option<String>> {
        match args.address.as_str() {
            "-" => self.input.line(&say!(self.ctx.lang, "number", "nummer")),
            written => Ok(Some(written.to_owned())),
        }
    }

    async fn read(&self, written: &str) -> anyhow::Result<Result<Private, Unclear>> {
        let mut tx = self.app.db.read().await?;
        Ok(self.app.ledger.look_up(&mut tx, written, self.app.settings.organisation.region).await?)
    }

    /// Nobody behind the first is left out in silence.
    fn one_at_a_time(&self) -> Exit {
        self.usage(&say!(
            self.ctx.lang,
            "more than one line came on stdin, and this takes one address; nothing was done. Give one at a time, as in: while read -r line; do printf '%s\\n' \"$line\" | lykt contact opt-out -; done < FILE",
            "det kom mer enn én linje på stdin, og her tas én adresse; ingenting ble gjort. Gi én om gangen, som i: while read -r line; do printf '%s\\n' \"$line\" | lykt contact opt-out -; done < FIL"
        ))
    }

    fn explain(&self, unclear: &Unclear) -> Exit {
        self.usage(unclear.explain().pick(self.ctx.lang))
    }
}
