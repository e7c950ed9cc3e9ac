//! `lykt inbox`: answers, until a person has read them. An unread one holds everything to its person.

mod answer;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::app::App;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::audit::On;
use crate::domain::act::Act;
use crate::domain::id::{ReplyId, one_meant};
use crate::domain::inert::inert;
use crate::domain::lang::number_of;
use crate::domain::moment;
use crate::ledger::NoSource;
use crate::store::direct::{self, Direct};
use crate::store::reply::{self, Reply};
use crate::{inbox, say};

/// Of all answers a terminal shows so many, the newest; more than this nobody reads at once.
const MOST: i64 = 1_000;
/// How much of an answer the list shows.
const GLIMPSE: usize = 60;

/// Answers, until a person has read them.
#[derive(Debug, Subcommand)]
pub enum InboxCommand {
    /// Shows the answers nobody has read: suspected noes first, then oldest first.
    List {
        /// Those that were read too.
        #[arg(long)]
        all: bool,
    },
    /// Shows an answer whole.
    Show(ReplyArgs),
    /// Marks an answer as read: its person is held no longer. A suspected no that you read so counts as none.
    Read(ReadArgs),
    /// Answers somebody who wrote, on the account and channel it came by.
    Answer(answer::AnswerArgs),
    /// Takes an answer on, so that nobody else answers it.
    Take(ReplyArgs),
    /// Hands an answer over to somebody else.
    HandOver(answer::HandOverArgs),
}

/// Which answer.
#[derive(Debug, Args)]
pub struct ReplyArgs {
    /// The answer: its id, or the last digits of it that the list shows.
    id: String,
}

/// Which answer, and what it was.
#[derive(Debug, Args)]
pub struct ReadArgs {
    #[command(flatten)]
    reply: ReplyArgs,
    /// It was a no: the person is never contacted again.
    #[arg(long)]
    opt_out: bool,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: InboxCommand) -> anyhow::Result<Exit> {
    let desk = Desk { ctx, app: App::open(ctx).await? };
    match command {
        InboxCommand::List { all } => desk.list(all).await,
        InboxCommand::Show(args) => desk.show(&args).await,
        InboxCommand::Read(args) => desk.read(&args).await,
        InboxCommand::Answer(args) => desk.answer(args).await,
        InboxCommand::Take(args) => desk.take(&args).await,
        InboxCommand::HandOver(args) => desk.hand_over(&args).await,
    }
}

struct Desk<'a> {
    ctx: &'a Ctx,
    app: App,
}

impl Desk<'_> {
    async fn list(&self, all: bool) -> anyhow::Result<Exit> {
        let vault = &self.app.ledger.vault;
        let mut tx = self.app.db.read().await?;
        let replies = match all {
            true => reply::newest(&mut tx, vault, if self.ctx.json { i64::MAX } else { MOST }).await?,
            false => reply::list(&mut tx, vault, false, i64::MAX).await?,
        };
        let unread: i64 = reply::unread(&mut tx).await?.values().sum();
        let kept = if all { reply::kept(&mut tx).await? } else { unread };
        drop(tx);
        let many = i64::try_from(replies.len()).ok();
        self.app.ledger.book().note_alone(&self.app.db, Act::AnswersListed, On::Nothing, many).await?;
        if self.ctx.json {
            println!("{}", Value::from(replies.iter().map(|reply| self.json(reply)).collect::<Vec<_>>()));
            return Ok(Exit::Done);
        }
        let lang = self.ctx.lang;
        if replies.is_empty() {
            tell(&say!(lang, "No unread answers.", "Ingen uleste svar."));
            return Ok(Exit::Done);
        }
        println!("{}", self.table(&replies));
        let shown = replies.len();
        if many.is_some_and(|shown| shown < kept) {
            tell(&say!(
                lang,
                "The newest {shown} of {kept} answers; --json gives all of them.",
                "De {shown} nyeste av {kept} svar; --json gir alle."
            ));
        }
        let unread = number_of(
            unread,
            ["unread; it holds its person", "unread; each holds its person"],
            ["ulest; det holder personen sin", "uleste; hvert av dem holder personen sin"],
        );
        tell(&say!(
            lang,
            "{}. Read one: lykt inbox show ID, then lykt inbox read ID [--opt-out] --as NAME",
            "{}. Les ett: lykt inbox show ID, så lykt inbox read ID [--opt-out] --as NAVN",
            unread.pick(lang)
        ));
        Ok(Exit::Done)
    }

    fn table(&self, replies: &[Reply]) -> Table {
        let lang = self.ctx.lang;
        let mut table = Table::new([
            say!(lang, "answer", "svar"),
            say!(lang, "came", "kom"),
            say!(lang, "seems to mean", "ser ut til å bety"),
            say!(lang, "campaign", "kampanje"),
            say!(lang, "words", "ord"),
        ]);
        for reply in replies {
            let words: String = self.words(reply).chars().take(GLIMPSE).collect();
            table.row([
                reply.id.short(),
                self.local(reply.received_at),
                reply.kind.text().pick(lang).to_owned(),
                reply.campaign.clone().unwrap_or_default(),
                words,
            ]);
        }
        table
    }

    async fn show(&self, args: &ReplyArgs) -> anyhow::Result<Exit> {
        let reply = match self.find(args).await? {
            Ok(reply) => reply,
            Err(exit) => return Ok(exit),
        };
        let mut tx = self.app.db.read().await?;
        let mut answers = direct::of_contact(&mut tx, reply.contact).await?;
        answers.retain(|sent| sent.reply == Some(reply.id));
        drop(tx);
        self.app.ledger.book().note_alone(&self.app.db, Act::AnswerOpened, On::Reply(reply.id), None).await?;
        if self.ctx.json {
            let one = |d: &Direct| json!({ "id": d.id.to_string(), "state": d.state.as_str(), "reason": d.reason, "by": d.made_by });
            let mut whole = self.json(&reply);
            whole["answers"] = answers.iter().map(one).collect();
            println!("{whole}");
            return Ok(Exit::Done);
        }
        let lang = self.ctx.lang;
        let field = |name: String, value: &str| println!("{name:<10} {value}");
        field(say!(lang, "answer", "svar"), &reply.id.to_string());
        field(say!(lang, "came", "kom"), &format!("{}, {}", self.local(reply.received_at), reply.channel));
        field(say!(lang, "meaning", "betydning"), reply.kind.text().pick(lang));
        field(say!(lang, "language", "språk"), reply.language.as_deref().unwrap_or("?"));
        field(say!(lang, "campaign", "kampanje"), reply.campaign.as_deref().unwrap_or("-"));
        field(say!(lang, "taken by", "tatt av"), &inert(reply.owner.as_deref().unwrap_or("-")));
        println!("\n{}", self.words(&reply));
        for sent in &answers {
            let (at, by, state) = (self.local(sent.made_at), inert(&sent.made_by), sent.state.meaning(false));
            let (state, why) = (state.pick(lang), sent.reason.as_deref().unwrap_or_default());
            println!("\n{}", say!(lang, "answered {at} by {by}: {state} {why}", "besvart {at} av {by}: {state} {why}"));
        }
        Ok(Exit::Done)
    }

    async fn read(&self, args: &ReadArgs) -> anyhow::Result<Exit> {
        let reply = match self.find(&args.reply).await? {
            Ok(reply) => reply,
            Err(exit) => return Ok(exit),
        };
        let (ledger, actor) = (&self.app.ledger, self.ctx.actor.as_deref());
        let mut tx = self.app.db.begin().await?;
        // Looked up again: its person may have been linked, or parted, since.
        if args.opt_out
            && let Some(reply) = inbox::lock(ledger, &mut tx, reply.id).await?
        {
            ledger.opt_out(&mut tx, reply.contact, NoSource::Reply, actor).await?;
        }
        let news = inbox::read(ledger, &mut tx, reply.id, actor).await?;
        tx.commit().await?;
        let lang = self.ctx.lang;
        if self.ctx.json {
            println!(
                "{}",
                json!({ "id": reply.id.to_string(), "read": true, "news": news, "opted_out": args.opt_out })
            );
        } else if args.opt_out {
            tell(&say!(
                lang,
                "Read, and the no is registered: final, on all channels.",
                "Lest, og neiet er registrert: endelig, på alle kanaler."
            ));
        } else if news {
            tell(&say!(lang, "Read. It holds nothing any more.", "Lest. Det holder ingenting lenger."));
        } else {
            tell(&say!(lang, "It was read before.", "Det var lest fra før."));
        }
        Ok(Exit::Done)
    }

    /// The one answer that was meant; says how to mend it when there is none, or more than one.
    async fn find(&self, args: &ReplyArgs) -> anyhow::Result<Result<Reply, Exit>> {
        let vault = &self.app.ledger.vault;
        let mut tx = self.app.db.read().await?;
        let all = match args.id.parse::<ReplyId>() {
            Ok(id) => reply::get(&mut tx, vault, id).await?.into_iter().collect(),
            Err(_) => reply::list(&mut tx, vault, true, i64::MAX).await?,
        };
        let (lang, id) = (self.ctx.lang, &args.id);
        let why = match one_meant(id, all, |reply| reply.id.0) {
            Ok(reply) => return Ok(Ok(reply)),
            Err(0) => say!(
                lang,
                "there is no answer {id}: see `lykt inbox list --all`, and write at least four digits of its id",
                "det finnes ikke noe svar {id}: se `lykt inbox list --all`, og skriv minst fire tegn av id-en"
            ),
            Err(n) => {
                say!(lang, "{id} fits {n} answers: write more of the id", "{id} passer på {n} svar: skriv mer av id-en")
            }
        };
        complain(&why);
        Ok(Err(Exit::Usage))
    }

    fn json(&self, reply: &Reply) -> Value {
        json!({
            "id": reply.id.to_string(), "contact": reply.contact.to_string(),
            "at": moment::with_offset(reply.received_at, self.app.ledger.clock.zone()),
            "kind": reply.kind.as_str(), "language": reply.language, "campaign": reply.campaign, "channel": reply.channel,
            "account": reply.account, "owner": reply.owner, "read": reply.read_at.is_some(), "text": reply.text.as_ref().map(|text| text.expose()),
        })
    }

    /// What was written, made harmless for a terminal.
    fn words(&self, reply: &Reply) -> String {
        let Some(text) = &reply.text else {
            return self.app.settings.retention.gone().pick(self.ctx.lang).to_owned();
        };
        let words = inert(text.expose());
        if words.trim().is_empty() {
            return say!(
                self.ctx.lang,
                "(no words: a picture, a file or something else that this channel shows)",
                "(ingen ord: et bilde, en fil eller noe annet som denne kanalen viser)"
            );
        }
        words
    }

    fn local(&self, ms: i64) -> String {
        moment::plain(ms, self.app.ledger.clock.zone())
    }
}
