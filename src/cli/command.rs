//! The commands, and the file that each is carried out in.

use clap::Subcommand;

use super::{
    Ctx, Exit, absence, approve, audit, backup, check, completions, contact, demo, doctor, doubt, fake_gateway,
    gateway, inbox, init, keys, life, list, man, market, message, outcome, partner, plan, reply, report, routine,
    schema, second, send_test, serve, services, status, tasks, token, user, verdict,
};
use crate::plan::life::Order;

// Without a sentence of its own: clap would say it in place of the program's.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Makes a folder to work in: settings, keys, campaigns and a database.
    Init(init::InitArgs),
    /// Shows the whole life of a campaign in a minute: no account, nothing to configure, no real person.
    Demo(demo::DemoArgs),
    /// Runs the daemon until it is stopped.
    Serve,
    /// Checks campaign files; shows every mistake with its line.
    Check(check::CheckArgs),
    /// Shows who would get what and why not the others; sends nothing.
    Plan(plan::PlanArgs),
    /// Says yes to the plan: from then on the daemon sends it.
    Approve(approve::ApproveArgs),
    /// Begins nothing more of a campaign until it is resumed.
    Pause(life::CampaignArgs),
    /// Goes on with a paused campaign; everybody is checked again.
    Resume(life::CampaignArgs),
    /// Stops a campaign for good; what waits is withdrawn.
    Cancel(life::CampaignArgs),
    /// Shows where every planned message stands.
    Status(status::StatusArgs),
    /// Shows what came of a campaign, by version or language, and how sure that is.
    Report(report::ReportArgs),
    /// What a campaign led to: registers outcomes, with a contact or without anybody.
    #[command(subcommand)]
    Outcome(outcome::OutcomeCommand),
    /// Sends a campaign's message to somebody on your own panel. Counted nowhere.
    SendTest(send_test::SendTestArgs),
    /// What people on your own panel made of each version of a message.
    #[command(subcommand)]
    Verdict(verdict::VerdictCommand),
    /// The calls of the day: see them, take one, say how it went.
    #[command(subcommand)]
    Tasks(tasks::TasksCommand),
    /// Who is away, and who stands in.
    #[command(subcommand)]
    Absence(absence::AbsenceCommand),
    /// Recurring tasks: what is due next, last done and by whom.
    #[command(subcommand)]
    Routine(routine::RoutineCommand),
    /// The directory of services: what is offered where.
    #[command(subcommand)]
    Services(services::ServicesCommand),
    /// How many ads there are, week by week, and what the group answers when it is asked.
    #[command(subcommand)]
    Market(market::MarketCommand),
    /// Looks at lists.
    #[command(subcommand)]
    List(list::ListCommand),
    /// Looks at texts.
    #[command(subcommand)]
    Message(message::MessageCommand),
    /// Looks at answers as the inbox would read them.
    #[command(subcommand)]
    Reply(reply::ReplyCommand),
    /// Checks a number before anybody contacts it, and registers what happened.
    #[command(subcommand)]
    Contact(contact::ContactCommand),
    /// Answers, until a person has read them.
    #[command(subcommand)]
    Inbox(inbox::InboxCommand),
    /// Messages of which nobody knows whether they went out.
    #[command(subcommand)]
    Doubt(doubt::DoubtCommand),
    /// Accounts, and one harmless call to each.
    #[command(subcommand)]
    Gateway(gateway::GatewayCommand),
    /// Plays a provider that fails on demand, on this machine: for trying out.
    FakeGateway(fake_gateway::FakeGatewayArgs),
    /// Who may sign in, and as what.
    #[command(subcommand)]
    User(user::UserCommand),
    /// The keys that seal the ledger: what they hold, and a new one in the place of the old one.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// What other systems come to the API with.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Other organisations that write to the same people: whom not to approach, without showing anybody's number.
    #[command(subcommand)]
    Partner(partner::PartnerCommand),
    /// What needs two persons, and waits for the second.
    #[command(subcommand)]
    Second(second::SecondCommand),
    /// Who did and read what: whether the record of it is whole.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Writes the whole ledger into one sealed file, while the daemon runs.
    Backup(backup::BackupArgs),
    /// Puts a backup back; nothing is sent afterwards until you have looked.
    Restore(backup::RestoreArgs),
    /// Looks for everything known to stop an installation, and says what to do.
    Doctor(doctor::DoctorArgs),
    /// Prints the JSON schema of a campaign file, for editors: completion and red lines as one types.
    Schema(schema::SchemaArgs),
    /// Prints what a shell needs to complete commands and options.
    Completions(completions::CompletionsArgs),
    /// Prints the manual page, or writes a page for each command into a folder.
    Man(man::ManArgs),
}

/// Hands a command to its file.
pub(super) async fn dispatch(ctx: &Ctx, command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Init(args) => init::run(ctx, args).await,
        Command::Demo(args) => demo::run(ctx, args).await,
        Command::Serve => serve::run(ctx).await,
        Command::Check(args) => check::run(ctx, &args).await,
        Command::Plan(args) => plan::run(ctx, args).await,
        Command::Approve(args) => approve::run(ctx, args).await,
        Command::Pause(args) => life::run(ctx, args, Order::Pause).await,
        Command::Resume(args) => life::run(ctx, args, Order::Resume).await,
        Command::Cancel(args) => life::run(ctx, args, Order::Cancel).await,
        Command::Status(args) => status::run(ctx, args).await,
        Command::Report(args) => report::run(ctx, args).await,
        Command::Outcome(command) => outcome::run(ctx, command).await,
        Command::SendTest(args) => send_test::run(ctx, args).await,
        Command::Absence(command) => absence::run(ctx, command).await,
        Command::Verdict(command) => verdict::run(ctx, command).await,
        Command::List(command) => list::run(ctx, command).await,
        Command::Message(command) => message::run(ctx, command),
        Command::Reply(command) => reply::run(ctx, command),
        Command::Contact(command) => contact::run(ctx, command).await,
        Command::Tasks(command) => tasks::run(ctx, command).await,
        Command::Routine(command) => routine::run(ctx, command).await,
        Command::Services(command) => services::run(ctx, &command),
        Command::Market(command) => market::run(ctx, command).await,
        Command::Inbox(command) => inbox::run(ctx, command).await,
        Command::Doubt(command) => doubt::run(ctx, command).await,
        Command::Gateway(command) => gateway::run(ctx, command).await,
        Command::FakeGateway(args) => fake_gateway::run(ctx, &args).await,
        Command::User(command) => user::run(ctx, command).await,
        Command::Keys(command) => keys::run(ctx, command).await,
        Command::Token(command) => token::run(ctx, command).await,
        Command::Partner(command) => partner::run(ctx, command).await,
        Command::Second(command) => second::run(ctx, command).await,
        Command::Audit(command) => audit::run(ctx, command).await,
        Command::Backup(args) => backup::write(ctx, args).await,
        Command::Restore(args) => backup::restore(ctx, args).await,
        Command::Doctor(args) => doctor::run(ctx, args).await,
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(ctx, &args),
    }
}
