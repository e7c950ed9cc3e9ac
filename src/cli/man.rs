//! `lykt man [DIR]`: a page for each command. Needs no installation.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Command, CommandFactory};

use super::{Cli, Ctx, Exit, print};
use crate::say;

/// What `lykt man` is given.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// A folder, made when it does not exist; without one the first page is printed.
    dir: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a page cannot be written.
pub fn run(ctx: &Ctx, args: &ManArgs) -> anyhow::Result<Exit> {
    let pages = pages()?;
    let Some(dir) = &args.dir else {
        return print(pages.first().map_or("", |(_, page)| page));
    };
    fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    for (name, page) in &pages {
        let path = dir.join(format!("{name}.1"));
        fs::write(&path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let (count, dir) = (pages.len(), dir.display());
    print(&say!(
        ctx.lang,
        "Wrote {count} pages to {dir}. Read one:  man -l {dir}/lykt.1\n",
        "Skrev {count} sider til {dir}. Les en:  man -l {dir}/lykt.1\n"
    ))
}

/// Every page by its name: the whole first, then a command each.
fn pages() -> anyhow::Result<Vec<(String, String)>> {
    let mut whole = Cli::command().disable_help_subcommand(true);
    whole.build();
    let mut pages = Vec::new();
    add(&whole, "lykt", &mut pages)?;
    Ok(pages)
}

fn add(command: &Command, name: &str, pages: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name.to_owned()).manual("Lykt").render(&mut page)?;
    pages.push((name.to_owned(), String::from_utf8_lossy(&page).into_owned()));
    let further = command.get_subcommands().filter(|command| !command.is_hide_set());
    for command in further {
        add(command, &format!("{name}-{}", command.get_name()), pages)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_its_options() {
        let pages = pages().unwrap();
        for name in ["lykt", "lykt-check", "lykt-contact-opt-out", "lykt-tasks-today", "lykt-man"] {
            let page = pages.iter().find(|(page, _)| page == name).map(|(_, page)| page.as_str());
            assert!(page.is_some_and(|page| page.contains(".SH OPTIONS") && page.contains("lang")), "{name}");
        }
        assert!(pages[0].1.contains("lykt\\-check(1)"));
        assert!(!pages.iter().any(|(name, _)| name.contains("-help")));
    }
}
