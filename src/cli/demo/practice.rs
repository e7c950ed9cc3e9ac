//! What surrounds the campaign of `lykt demo --web`: platforms that are counted, routines, services, and a question.

use std::path::Path;

use super::init;
use crate::cli::app::App;
use crate::domain::week::Week;
use crate::market::{Count, Figure, Market};

/// Where each stands among the campaigns, and its text.
const FILES: [(&str, &str); 4] = [
    ("routines.toml", include_str!("practice/routines.toml")),
    ("platforms/norge.toml", include_str!("practice/platforms.toml")),
    ("services/oslo.toml", include_str!("practice/services.toml")),
    ("questions/hvor.toml", include_str!("practice/questions.toml")),
];
/// So many weeks were counted.
const WEEKS: i64 = 67;
/// In every one of so many weeks nobody counted.
const GAP: i64 = 23;
/// What was answered so far, and how often.
const ANSWERS: [(&str, i64); 4] = [("annonsetorget", 31), ("natta", 9), ("street", 6), ("nowhere", 4)];

/// Writes the files.
pub(super) fn write(dir: &Path) -> anyhow::Result<()> {
    for (name, text) in FILES {
        let path = dir.join("campaigns").join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        init::write(&path, text)?;
    }
    Ok(())
}

/// The counts of the weeks before, and what the group answered.
pub(super) async fn count(app: &App) -> anyhow::Result<()> {
    let market = Market::of(app.ledger.clone(), &app.settings);
    let mut tx = app.db.begin().await?;
    for ago in (1..=WEEKS).filter(|ago| ago % GAP != 0) {
        let week = before(market.this_week(), ago);
        for (platform, size) in [("annonsetorget", 640), ("natta", 120)] {
            market.count(&mut tx, platform, week, &made_up(size, ago)?, "Amanda").await?;
        }
    }
    for (answer, n) in ANSWERS {
        market.tally(&mut tx, "hvor", answer, n).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn before(week: Week, weeks: i64) -> Week {
    (0..weeks).fold(week, |week, _| week.before())
}

/// A count that rises slowly, falls in July, and is never twice the same.
fn made_up(size: i64, ago: i64) -> anyhow::Result<Count> {
    let summer = if (18..24).contains(&(ago % 52)) { size / 5 } else { 0 };
    let ads = size + (WEEKS - ago) * size / 300 - summer + (ago * 37) % 29;
    let (men, trans, other) = (ads / 9, ads / 14, ads / 50);
    let figures = [
        (Figure::Women, ads - men - trans - other),
        (Figure::Men, men),
        (Figure::Trans, trans),
        (Figure::Other, other),
        (Figure::New, ads / 12 + ago % 7),
        (Figure::Gone, ads / 13 + ago % 5),
    ];
    let written = figures.map(|(figure, n)| (figure, n.to_string()));
    let of = |figure| written.iter().find(|(of, _)| *of == figure).map(|(_, n)| n.as_str());
    Count::parse(of).map_err(|wrong| anyhow::anyhow!(wrong.0.en))
}
