//! `lykt market`: how many ads there are, week by week, and what the group answers when it is asked.

mod answers;
mod exchange;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::app::App;
use super::source::say_mistakes;
use super::table::{Table, complain, tell};
use super::{Ctx, Exit};
use crate::domain::inert::inert;
use crate::domain::lang::number_of;
use crate::domain::week::Week;
use crate::market::{self, Count, Counted, Figure, Market, Wrong};
use crate::say;
use crate::store;

/// How many ads there are, week by week, and what the group answers when it is asked.
#[derive(Debug, Subcommand)]
pub enum MarketCommand {
    /// The platforms with their newest count, or the counts of one, gaps and all.
    List {
        /// A platform, by its name.
        platform: Option<String>,
    },
    /// Writes down the count of a week; one that is there is replaced, and both are kept. Needs --as.
    Add(AddArgs),
    /// Reads counts from a CSV file or a workbook: all of it, or nothing when a row is wrong. Needs --as.
    Import {
        /// The file, with columns week, ads, women, men, trans, other, new and gone.
        file: PathBuf,
        /// The platform of all rows, where the file has no column for it.
        #[arg(long)]
        platform: Option<String>,
    },
    /// Prints all counts as CSV.
    Export,
    /// Draws a platform's weeks as SVG, with the gaps.
    Chart {
        /// The platform, by its name.
        platform: String,
    },
    /// Tallies an answer to a question; --count -1 takes one back. Who answered is not kept. Needs --as.
    Answer {
        /// The question, by its name.
        question: String,
        /// The answer, by its name.
        answer: String,
        /// How many gave it.
        #[arg(long, default_value_t = 1, allow_hyphen_values = true, value_parser = clap::value_parser!(i64).range(-1_000..=1_000))]
        count: i64,
    },
    /// How often each answer was given.
    Answers,
}

/// What was counted.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The platform, by its name.
    platform: String,
    /// The week, as 2026-W48, or a day of it; this week when not said.
    #[arg(long)]
    week: Option<String>,
    /// All ads.
    #[arg(long)]
    ads: Option<String>,
    /// By women.
    #[arg(long)]
    women: Option<String>,
    /// By men.
    #[arg(long)]
    men: Option<String>,
    /// By trans persons.
    #[arg(long)]
    trans: Option<String>,
    /// By others, or unknown.
    #[arg(long)]
    other: Option<String>,
    /// New since the week before.
    #[arg(long)]
    new: Option<String>,
    /// Gone since the week before.
    #[arg(long)]
    gone: Option<String>,
}

impl AddArgs {
    fn written(&self, figure: Figure) -> Option<&str> {
        let written = match figure {
            Figure::Ads => &self.ads,
            Figure::Women => &self.women,
            Figure::Men => &self.men,
            Figure::Trans => &self.trans,
            Figure::Other => &self.other,
            Figure::New => &self.new,
            Figure::Gone => &self.gone,
        };
        written.as_deref()
    }
}

/// What every command here works with.
struct Desk<'a> {
    ctx: &'a Ctx,
    app: App,
    market: Market,
}

/// Runs the command.
///
/// # Errors
/// When the installation does not open, or the database is away.
pub async fn run(ctx: &Ctx, command: MarketCommand) -> anyhow::Result<Exit> {
    let named = ctx.actor.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let writes = matches!(command, MarketCommand::Add(_) | MarketCommand::Import { .. } | MarketCommand::Answer { .. });
    let Some(who) = named.or((!writes).then_some("")) else {
        eprintln!("{}", say!(ctx.lang, "say who you are: --as NAME", "si hvem du er: --as NAVN"));
        return Ok(Exit::Usage);
    };
    let app = App::open(ctx).await?;
    let market = Market::of(app.ledger.clone(), &app.settings);
    let desk = Desk { ctx, app, market };
    say_mistakes(ctx, &desk.market.platforms.look().mistakes);
    say_mistakes(ctx, &desk.market.questions.look().mistakes);
    match command {
        MarketCommand::List { platform: None } => desk.platforms().await,
        MarketCommand::List { platform: Some(name) } => desk.weeks(&name).await,
        MarketCommand::Add(args) => desk.add(&args, who).await,
        MarketCommand::Import { file, platform } => desk.import(&file, platform.as_deref(), who).await,
        MarketCommand::Export => desk.export().await,
        MarketCommand::Chart { platform } => desk.chart(&platform).await,
        MarketCommand::Answer { question, answer, count } => desk.answer(&question, &answer, count).await,
        MarketCommand::Answers => desk.answers().await,
    }
}

impl Desk<'_> {
    /// The names of all platforms.
    fn names(&self) -> Vec<String> {
        self.market.platforms.look().entries.into_iter().map(|platform| platform.name).collect()
    }

    /// Says that there is no such platform.
    fn unknown(&self, name: &str) -> Exit {
        let (name, names) = (inert(name), self.names().join(", "));
        complain(&match names.is_empty() {
            true => say!(
                self.ctx.lang,
                "there are no platforms: write them in campaigns/platforms/; docs/market.md shows how",
                "det finnes ingen plattformer: skriv dem i campaigns/platforms/; docs/market.md viser hvordan"
            ),
            false => say!(
                self.ctx.lang,
                "there is no platform `{name}`; there are: {names}",
                "det finnes ingen plattform `{name}`; det finnes: {names}"
            ),
        });
        Exit::Usage
    }

    async fn counts(&self, platform: Option<&str>) -> anyhow::Result<Vec<Counted>> {
        let mut tx = self.app.db.read().await?;
        Ok(store::market::standing(&mut tx, platform).await?)
    }

    async fn platforms(&self) -> anyhow::Result<Exit> {
        let (lang, counts) = (self.ctx.lang, self.counts(None).await?);
        let platforms = self.market.platforms.look().entries;
        let newest = |name: &str| counts.iter().rfind(|one| one.platform == name);
        if self.ctx.json {
            let line = |p: &crate::campaign::file::practice::Platform| {
                json!({
                    "platform": p.name, "title": { "en": p.title.en, "nb": p.title.nb }, "address": p.address,
                    "profile": p.profile, "owner": p.owner, "review": p.review.map(|day| day.to_string()),
                    "newest": newest(&p.name).map(of),
                })
            };
            println!("{}", Value::from(platforms.iter().map(line).collect::<Vec<_>>()));
            return Ok(Exit::Done);
        }
        if platforms.is_empty() {
            self.unknown("");
            return Ok(Exit::Done);
        }
        let mut table = Table::new([
            say!(lang, "platform", "plattform"),
            say!(lang, "title", "navn"),
            say!(lang, "newest", "nyest"),
            say!(lang, "ads", "annonser"),
            say!(lang, "owner", "eier"),
        ]);
        for one in &platforms {
            let (week, ads) = newest(&one.name).map(|c| (c.week.to_string(), c.ads.to_string())).unwrap_or_default();
            let owner = one.owner.as_deref().map(inert).unwrap_or_default();
            table.row([one.name.clone(), inert(one.title.pick(lang)), week, ads, owner]);
        }
        table.right(3);
        println!("{table}");
        Ok(Exit::Done)
    }

    async fn weeks(&self, name: &str) -> anyhow::Result<Exit> {
        if self.market.platform(name).is_none() {
            return Ok(self.unknown(name));
        }
        let (lang, counts) = (self.ctx.lang, self.counts(Some(name)).await?);
        if self.ctx.json {
            println!("{}", Value::from(counts.iter().map(of).collect::<Vec<_>>()));
            return Ok(Exit::Done);
        }
        let weeks = market::whole(&counts, self.market.this_week());
        let [ads, women, men, trans, other, new, gone] = Figure::ALL.map(|figure| figure.text().pick(lang).to_owned());
        let mut table =
            Table::new([say!(lang, "week", "uke"), ads, women, men, trans, other, new, gone, say!(lang, "by", "av")]);
        for week in &weeks {
            let cell = |figure| match week.count {
                None if figure == Figure::Ads => say!(lang, "not counted", "ikke talt"),
                None => String::new(),
                Some(count) => count.get(figure).map(|n| n.to_string()).unwrap_or_default(),
            };
            let [ads, women, men, trans, other, new, gone] = Figure::ALL.map(cell);
            let by = week.by.as_deref().map(inert).unwrap_or_default();
            table.row([week.week.to_string(), ads, women, men, trans, other, new, gone, by]);
        }
        (1..8).for_each(|column| table.right(column));
        println!("{table}");
        Ok(Exit::Done)
    }

    async fn add(&self, args: &AddArgs, who: &str) -> anyhow::Result<Exit> {
        let lang = self.ctx.lang;
        if self.market.platform(&args.platform).is_none() {
            return Ok(self.unknown(&args.platform));
        }
        let week = args.week.as_deref().map_or(Some(self.market.this_week()), Week::parse);
        let Some(week) = week.filter(|week| *week <= self.market.this_week()) else {
            complain(&say!(
                lang,
                "--week takes a week that has come, as 2026-W48, or a day of it",
                "--week skal være en uke som har vært, som 2026-W48, eller en dag i den"
            ));
            return Ok(Exit::Usage);
        };
        let count = match Count::parse(|figure| args.written(figure)) {
            Ok(count) => count,
            Err(Wrong(why)) => {
                complain(why.pick(lang));
                return Ok(Exit::Usage);
            }
        };
        let mut tx = self.app.db.begin().await?;
        let before = store::market::history(&mut tx, &args.platform, week).await?;
        let changed = self.market.count(&mut tx, &args.platform, week, &count, who).await?;
        tx.commit().await?;
        if self.ctx.json {
            println!("{}", json!({ "platform": args.platform, "week": week.to_string(), "changed": changed }));
            return Ok(Exit::Done);
        }
        tell(&match (before.first(), changed) {
            (_, false) => say!(lang, "{week} says so already.", "{week} sier det alt."),
            (None, true) => say!(lang, "{week} is counted.", "{week} er talt."),
            (Some(old), true) => {
                let (by, ads) = (inert(&old.by), number_of(old.ads, ["ad", "ads"], ["annonse", "annonser"]));
                say!(
                    lang,
                    "{week} is corrected; before, {by} had counted {}.",
                    "{week} er rettet; før hadde {by} talt {}.",
                    ads.pick(lang)
                )
            }
        });
        Ok(Exit::Done)
    }
}

/// A count in JSON.
fn of(one: &Counted) -> Value {
    let count = Count::from(one);
    let mut line = Map::new();
    line.insert("platform".to_owned(), one.platform.clone().into());
    line.insert("week".to_owned(), one.week.to_string().into());
    for figure in Figure::ALL {
        line.insert(figure.as_str().to_owned(), count.get(figure).into());
    }
    line.insert("counted_by".to_owned(), one.by.clone().into());
    line.into()
}
