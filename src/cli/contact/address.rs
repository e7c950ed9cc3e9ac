//! Whom a command is about: a number in any spelling, from the command line or from stdin.

use std::io::{IsTerminal, Read};

use super::super::{Exit, secret};
use super::{AddressArgs, Desk};
use crate::domain::private::Private;
use crate::ledger::Unclear;
use crate::say;

/// What comes on stdin: lines from a terminal when they are asked for, else everything at once.
#[derive(Default)]
pub(super) struct Input {
    piped: Option<String>,
}

impl Input {
    /// The next line; asked for at a terminal, and not shown.
    fn line(&mut self, question: &str) -> anyhow::Result<String> {
        if std::io::stdin().is_terminal() {
            return Ok(secret::read(question)?.expose().clone());
        }
        let all = self.rest()?;
        let (line, rest) = all.split_once('\n').unwrap_or((&all, ""));
        self.piped = Some(rest.to_owned());
        Ok(line.to_owned())
    }

    /// Everything that is left.
    pub(super) fn rest(&mut self) -> anyhow::Result<String> {
        if let Some(rest) = self.piped.take() {
            return Ok(rest);
        }
        let mut all = Vec::new();
        std::io::stdin().read_to_end(&mut all)?;
        String::from_utf8(all).map_err(|_| anyhow::anyhow!("stdin is no text in UTF-8"))
    }
}

impl Desk<'_> {
    /// The address that was meant; says what is wrong and how to mend it when it is none.
    pub(super) async fn address(&mut self, args: &AddressArgs) -> anyhow::Result<Result<Private, Exit>> {
        Ok(match self.read(args).await? {
            Ok(address) => Ok(address),
            Err((_, problem)) => Err(self.explain(&problem)),
        })
    }

    /// As [`address`](Self::address); a number that no plan knows is taken as it is, since no no may be turned away.
    pub(super) async fn address_of_a_no(&mut self, args: &AddressArgs) -> anyhow::Result<Result<Private, Exit>> {
        Ok(match self.read(args).await? {
            Ok(address) => Ok(address),
            Err((written, _)) if is_e164(&written) => Ok(Private::new(written)),
            Err((_, problem)) => Err(self.explain(&problem)),
        })
    }

    async fn read(&mut self, args: &AddressArgs) -> anyhow::Result<Result<Private, (String, Unclear)>> {
        let written = match args.address.as_str() {
            "-" => self.input.line(&say!(self.ctx.lang, "number", "nummer"))?,
            written => written.to_owned(),
        };
        let mut tx = self.app.db.read().await?;
        let found = self.app.ledger.look_up(&mut tx, &written, self.app.settings.organisation.region).await?;
        Ok(found.map_err(|unclear| (written.trim().to_owned(), unclear)))
    }

    fn explain(&self, unclear: &Unclear) -> Exit {
        self.usage(unclear.explain().pick(self.ctx.lang))
    }
}

fn is_e164(written: &str) -> bool {
    let digits = written.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
