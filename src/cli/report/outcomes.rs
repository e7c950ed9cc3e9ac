//! What a campaign led to, in a terminal and as JSON: against its goals, and what it cost.

use serde_json::{Value, json};

use super::super::Ctx;
use super::super::table::{Table, wrap};
use super::{between, percent, rate, short};
use crate::domain::heard::Heard;
use crate::domain::lang::number_of;
use crate::report::outcomes::{self, Came, Outcomes};
use crate::say;

pub(super) fn json(led_to: &Outcomes) -> Value {
    let each = led_to.each.iter().map(|came| {
        let heard: serde_json::Map<String, Value> =
            Heard::ALL.iter().map(|heard| (heard.as_str().to_owned(), json!(came.count(*heard)))).collect();
        json!({
            "name": came.wanted.name, "count": came.total, "goal": came.wanted.goal, "heard": heard,
            "after_message": rate(came.share()), "late": came.late, "months": came.months, "variants": came.variants,
        })
    });
    let each: Vec<Value> = each.collect();
    json!({
        "each": each, "credited": led_to.credited, "messages": led_to.messages,
        "staff_minutes": led_to.minutes().map(short), "timed_tasks": led_to.timed, "tasks": led_to.tasks,
        "messages_per_result": led_to.messages_each().map(short), "minutes_per_result": led_to.minutes_each().map(short),
    })
}

pub(super) fn show(ctx: &Ctx, led_to: &Outcomes) {
    let lang = ctx.lang;
    if led_to.each.is_empty() && led_to.credited == 0 {
        return;
    }
    let mut table = Table::new([
        say!(lang, "outcome", "utfall"),
        say!(lang, "number", "antall"),
        say!(lang, "goal", "mål"),
        say!(lang, "after our message", "etter meldingen vår"),
        say!(lang, "95 % interval", "95 %-intervall"),
        say!(lang, "late", "sene"),
    ]);
    for came in &led_to.each {
        table.row(row(ctx, came));
    }
    [1, 2, 3, 5].into_iter().for_each(|column| table.right(column));
    println!("\n{table}\n");
    let tell = |text: String| wrap(&text, ctx.width()).iter().for_each(|line| println!("{line}"));
    let decimal = |n: f64| outcomes::decimal(lang, n);
    if let Some(messages) = led_to.messages_each().map(decimal) {
        tell(match led_to.minutes_each().map(decimal) {
            Some(minutes) => say!(
                lang,
                "Each result took {messages} messages and {minutes} minutes of staff time.",
                "Hvert resultat tok {messages} meldinger og {minutes} minutter arbeidstid."
            ),
            None => say!(
                lang,
                "Each result took {messages} messages; of no task is the time known.",
                "Hvert resultat tok {messages} meldinger; tiden er ikke kjent for noen oppgave."
            ),
        });
    }
    if led_to.credited > 0 {
        let outcomes = number_of(led_to.credited, ["outcome", "outcomes"], ["utfall"; 2]);
        tell(say!(
            lang,
            "{} of other campaigns came after the message of this one.",
            "{} i andre kampanjer kom etter meldingen i denne.",
            outcomes.pick(lang)
        ));
    }
}

fn row(ctx: &Ctx, came: &Came) -> [String; 6] {
    let share = came.share();
    let sure = match share.is_early() {
        true => say!(ctx.lang, "too early to tell", "for tidlig å si"),
        false => between(ctx.lang, share),
    };
    [
        came.wanted.title(ctx.lang).to_owned(),
        came.total.to_string(),
        came.wanted.goal.map(|goal| goal.to_string()).unwrap_or_default(),
        format!("{} ({})", share.k, percent(share)),
        sure,
        came.late.to_string(),
    ]
}
