//! The market of a year, and what the group answered, as tables beside the others. Small numbers are not shown.

use std::collections::BTreeMap;

use super::hidden;
use super::tables::{Row, Table};
use crate::campaign::file::practice::{Platform, Question};
use crate::domain::lang::Text;
use crate::market::{self, Figure, Market, Year};
use crate::store::{DbError, Tx};
use crate::text;

/// The figures of which the ads are made up.
const PARTS: [Figure; 4] = [Figure::Women, Figure::Men, Figure::Trans, Figure::Other];

/// The tables; none where nothing was counted. What has no file any more is called by its name.
///
/// # Errors
/// As the database has it.
pub async fn tables(tx: &mut Tx, year: i16, market: &Market) -> Result<Vec<Table>, DbError> {
    let (platforms, answers) = market::year(tx, year).await?;
    let tables = [
        of_platforms(&platforms, &market.platforms.look().entries),
        of_answers(&answers, &market.questions.look().entries),
    ];
    Ok(tables.into_iter().filter(|table| !table.rows.is_empty()).collect())
}

fn of_platforms(platforms: &BTreeMap<String, Year>, known: &[Platform]) -> Table {
    let row = |(name, year): (&String, &Year)| {
        let mean = |figure: Figure| year.means.get(&figure).map(|mean| mean.round() as i64);
        let parts = hidden::row(&PARTS.map(|figure| mean(figure).unwrap_or_default())).cells;
        let shown = |figure: Figure| {
            let n = mean(figure)?;
            match PARTS.iter().position(|part| *part == figure) {
                Some(place) => parts[place],
                None => hidden::alone(n),
            }
        };
        let cells = std::iter::once(Some(year.counted)).chain(Figure::ALL.map(shown)).collect();
        let title = known.iter().find(|one| one.name == *name).map(|one| one.title.clone());
        Row { name: name.clone(), title: title.unwrap_or_else(|| text!("{name}", "{name}")), cells }
    };
    let weeks = ("weeks".to_owned(), text!("weeks counted", "uker talt"));
    let figures = Figure::ALL.map(|figure| (figure.as_str().to_owned(), figure.text()));
    Table {
        name: "market",
        title: text!("The market, ads in a week on average", "Markedet, annonser i uken i snitt"),
        columns: std::iter::once(weeks).chain(figures).collect(),
        rows: platforms.iter().map(row).collect(),
    }
}

fn of_answers(answers: &BTreeMap<(String, String), i64>, known: &[Question]) -> Table {
    let mut questions: BTreeMap<&str, Vec<(&str, i64)>> = BTreeMap::new();
    for ((question, answer), n) in answers {
        questions.entry(question).or_default().push((answer, *n));
    }
    let rows = questions.into_iter().flat_map(|(question, answers)| {
        let shown = hidden::row(&answers.iter().map(|(_, n)| *n).collect::<Vec<_>>()).cells;
        answers.into_iter().zip(shown).map(move |((answer, _), n)| Row {
            name: format!("{question}/{answer}"),
            title: called(known, question, answer),
            cells: vec![n],
        })
    });
    Table {
        name: "questions",
        title: text!("What the group answered", "Hva gruppen svarte"),
        columns: vec![("count".to_owned(), text!("Number", "Antall"))],
        rows: rows.collect(),
    }
}

/// The question and the answer, as people read them.
fn called(known: &[Question], question: &str, answer: &str) -> Text {
    let asked = known.iter().find(|one| one.name == question);
    let said = asked.and_then(|asked| asked.answers.iter().find(|one| one.name == answer));
    match (asked, said) {
        (Some(asked), Some(said)) => {
            let (Text { en, nb }, Text { en: to_en, nb: to_nb }) = (&asked.text, &said.text);
            text!("{en} {to_en}", "{nb} {to_nb}")
        }
        _ => text!("{question}: {answer}", "{question}: {answer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_part_of_the_market_takes_another_with_it_and_what_nobody_counted_is_not_nought() {
        let means = [(Figure::Ads, 60.4), (Figure::Women, 48.0), (Figure::Men, 9.0), (Figure::Trans, 3.4)].into();
        let year = Year { counted: 40, weeks: 53, means, ads: Some((40, 70)) };
        let table = of_platforms(&[("x".to_owned(), year)].into(), &[]);
        let cells = &table.rows[0].cells;
        assert_eq!(cells[..5], [Some(40), Some(60), Some(48), None, None]);
        assert_eq!(cells[5..], [None, None, None], "others, new and gone were not counted");
        let answers = [(("where".to_owned(), "a".to_owned()), 3), (("where".to_owned(), "b".to_owned()), 9)].into();
        assert!(of_answers(&answers, &[]).rows.iter().all(|row| row.cells == [None]));
    }
}
