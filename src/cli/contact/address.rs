//! Whom a command is about: a number in any spelling, from the command line or from stdin.

use std::io::{IsTerminal, Read, Write};

use super::super::Exit;
use super::{AddressArgs, Desk};
use crate::domain::phone::{PhoneNumber, Problem};
use crate::domain::private::Private;
use crate::say;
use crate::store::contact;

/// What comes on stdin: lines from a terminal when they are asked for, else everything at once.
#[derive(Default)]
pub(super) struct Input {
    piped: Option<String>,
}

impl Input {
    /// The next line; asked for at a terminal.
    fn line(&mut self, question: &str) -> anyhow::Result<String> {
        if std::io::stdin().is_terminal() {
            eprint!("{question}: ");
            std::io::stderr().flush()?;
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            return Ok(line);
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

    async fn read(&mut self, args: &AddressArgs) -> anyhow::Result<Result<Private, (String, Problem)>> {
        let written = match args.address.as_str() {
            "-" => self.input.line(&say!(self.ctx.lang, "number", "nummer"))?,
            written => written.to_owned(),
        };
        let problem = match PhoneNumber::parse(&written, self.app.settings.organisation.region) {
            Ok(number) => return Ok(Ok(Private::new(number.expose().to_owned()))),
            Err(problem) => problem,
        };
        // Somebody answered from what is no number for us: a short code, a name, an id on a platform.
        let written = written.trim().to_owned();
        let blind = self.app.ledger.vault.blind(&written);
        let mut tx = self.app.db.read().await?;
        let known =
            contact::find(&mut tx, &blind).await?.is_some() || !contact::noes(&mut tx, &[blind]).await?.is_empty();
        Ok(if known { Ok(Private::new(written)) } else { Err((written, problem)) })
    }

    fn explain(&self, problem: &Problem) -> Exit {
        let why = problem.code.text().pick(self.ctx.lang).to_owned();
        match problem.suggestion.as_ref().map(PhoneNumber::expose) {
            Some(number) => self.usage(&say!(
                self.ctx.lang,
                "the number is not understood: {why}. Did you mean {number}?",
                "nummeret ble ikke forstått: {why}. Mente du {number}?"
            )),
            None => self.usage(&say!(
                self.ctx.lang,
                "the number is not understood: {why}",
                "nummeret ble ikke forstått: {why}"
            )),
        }
    }
}

fn is_e164(written: &str) -> bool {
    let digits = written.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}
