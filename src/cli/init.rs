//! `lykt init DIR`: settings, keys, folders and a database for real use.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::app::{App, AppError};
use super::table::tell;
use super::{Ctx, Exit};
use crate::say;
use crate::vault::Keys;

/// Makes a folder to work in: settings, keys, campaigns and a database.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder; made when it does not exist.
    dir: PathBuf,
}

const SETTINGS: &str = "\
# The settings of this Lykt. Every setting with its default stands in config/default.toml of the project.

[organisation]
name = \"Our organisation\"
about_url = \"\"                      # a page that says who you are and how to refuse
timezone = \"Europe/Oslo\"
region = \"NO\"
languages = [\"nb\", \"en\"]
cooldown = \"6 months\"

[server]
listen = \"127.0.0.1:8080\"
public_url = \"http://127.0.0.1:8080\" # how the gateway reaches you from outside

# Messages go out by an account. Put the token in a file that you alone can read (chmod 600).
# [gateways.twilio-oslo]
# kind = \"twilio\"
# account_sid = \"AC..\"
# auth_token = { file = \"twilio.token\" }
# from = \"+47..\"
# rate = \"1/s\"

# To try everything without an account: messages go nowhere, and answers are made up.
[gateways.simulator]
kind = \"simulator\"
";

const IGNORED: &str = "# Lists, keys, tokens and the database name people or open what does: never in git.\n*.keys\n*.token\n*.password\n*.db*\n*.lock\n*.witness*\n*.noes\n*.audit\n*.lyktbackup*\ncampaigns/lists/\ncampaigns/**/*.csv\ncampaigns/**/*.tsv\ncampaigns/**/*.txt\ncampaigns/**/*.xlsx\ncampaigns/**/~$*\ncampaigns/**/.~lock*\n";

/// Tells editors which schema campaign files keep to; the line `#:schema ./campaign.schema.json` in a file does the same.
const EDITOR: &str = "# For editors that know TOML: docs/editor.md of the project says how.\n\
                      [[rule]]\ninclude = [\"**/campaigns/*.toml\"]\nexclude = [\"**/campaigns/routines.toml\"]\n\n\
                      [rule.schema]\npath = \"campaigns/campaign.schema.json\"\nenabled = true\n";

/// Runs the command.
///
/// # Errors
/// When a file is in the way or cannot be written.
pub async fn run(ctx: &Ctx, args: InitArgs) -> anyhow::Result<Exit> {
    let config = make(&args.dir)?;
    let app = App::open(&Ctx { config: config.clone(), ..ctx.clone() }).await?;
    app.db.close().await;
    let dir = args.dir.display();
    tell(&say!(
        ctx.lang,
        "Made {dir}: lykt.toml (settings), lykt.keys (keys, yours alone), lykt.db (the ledger), campaigns/.\n\n\
             Keep a copy of lykt.keys in a safe place, apart from backups: without it nobody can read the ledger,\n\
             and with it and the database anybody can.\n\n\
             Next:\n  \
             1. Write your name and account in {dir}/lykt.toml.\n  \
             2. Put a campaign file in {dir}/campaigns/ and its list in {dir}/campaigns/lists/.\n  \
             3. cd {dir}\n     \
             lykt check campaigns/NAME.toml\n     \
             lykt plan NAME\n     \
             lykt approve NAME\n     \
             lykt serve",
        "Laget {dir}: lykt.toml (innstillinger), lykt.keys (nøkler, bare dine), lykt.db (kontaktloggen), campaigns/.\n\n\
             Ta vare på en kopi av lykt.keys på et trygt sted, atskilt fra sikkerhetskopier: uten den kan ingen lese\n\
             kontaktloggen, og med den og databasen kan alle.\n\n\
             Det neste:\n  \
             1. Skriv navnet deres og kontoen i {dir}/lykt.toml.\n  \
             2. Legg en kampanjefil i {dir}/campaigns/ og listen i {dir}/campaigns/lists/.\n  \
             3. cd {dir}\n     \
             lykt check campaigns/NAVN.toml\n     \
             lykt plan NAVN\n     \
             lykt approve NAVN\n     \
             lykt serve"
    ));
    Ok(Exit::Done)
}

/// Makes the folder and everything in it but the database; returns the settings file.
pub(super) fn make(dir: &Path) -> anyhow::Result<PathBuf> {
    let config = dir.join("lykt.toml");
    if config.exists() {
        return Err(AppError::Made(config).into());
    }
    for folder in ["campaigns/lists", "campaigns/media"] {
        let folder = dir.join(folder);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let lists = dir.join("campaigns/lists");
    fs::set_permissions(&lists, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("cannot close {} to others", lists.display()))?;
    Keys::generate()?.save(&dir.join("lykt.keys"))?;
    write(&dir.join(".gitignore"), IGNORED)?;
    write(&dir.join("campaigns/campaign.schema.json"), &super::schema::text()?)?;
    write(&dir.join(".taplo.toml"), EDITOR)?;
    write(&config, SETTINGS)?;
    Ok(config)
}

/// Writes a file that was not there.
pub(super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
