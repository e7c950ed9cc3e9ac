//! A report as CSV: RFC 4180, UTF-8, a line a figure, so that the columns never change. Cells are inert in spreadsheets.

use super::figures::{Figures, Rate};
use super::outcomes::Outcomes;
use super::{By, Report};
use crate::domain::heard::Heard;
use crate::domain::inert::cell;

/// The first line.
const HEAD: &str = "date,campaign,variant,language,figure,count,of,share,low,high,too_early";

/// The whole report: the campaign's figures, then those of its parts. `date` is ISO, as in `2026-12-05`.
pub fn write(report: &Report, led_to: &Outcomes, date: &str) -> String {
    let mut lines = vec![HEAD.to_owned()];
    let mut part = |variant: &str, language: &str, figures: &Figures| {
        let start = [date, &report.campaign, variant, language].map(cell).join(",");
        lines.extend(rows(figures).into_iter().map(|(figure, n, rate)| {
            let end = rate.map_or(",,,,,".to_owned(), |rate| {
                let Rate { n: of, share, interval, .. } = rate;
                format!(",{of},{share:.4},{:.4},{:.4},{}", interval.low, interval.high, rate.is_early())
            });
            format!("{start},{},{n}{end}", cell(&figure))
        }));
    };
    part("", "", &report.total);
    for (name, figures) in &report.groups {
        match report.by {
            Some(By::Language) => part("", name, figures),
            _ => part(name, "", figures),
        }
    }
    let start = [date, &report.campaign, "", ""].map(cell).join(",");
    for came in &led_to.each {
        let name = &came.wanted.name;
        let mut figure = |what: String, n: i64, end: &str| lines.push(format!("{start},{},{n}{end}", cell(&what)));
        figure(format!("outcome:{name}"), came.total, ",,,,,");
        let Rate { n: of, share, interval, .. } = came.share();
        let early = came.share().is_early();
        let end = format!(",{of},{share:.4},{:.4},{:.4},{early}", interval.low, interval.high);
        figure(format!("outcome:{name}:yes"), came.count(Heard::Yes), &end);
        for heard in [Heard::Other, Heard::No, Heard::Unknown] {
            figure(format!("outcome:{name}:{}", heard.as_str()), came.count(heard), ",,,,,");
        }
        figure(format!("outcome:{name}:late"), came.late, ",,,,,");
    }
    lines.iter().map(|line| format!("{line}\r\n")).collect()
}

fn rows(f: &Figures) -> Vec<(String, i64, Option<Rate>)> {
    let mut rows = vec![
        ("planned".to_owned(), f.planned, None),
        ("waiting".to_owned(), f.waiting, None),
        ("sent".to_owned(), f.sent, None),
        ("delivered".to_owned(), f.delivered, Some(f.delivery())),
        ("undelivered".to_owned(), f.undelivered, None),
        ("in_doubt".to_owned(), f.in_doubt, None),
        ("failed".to_owned(), f.failed, None),
        ("answered".to_owned(), f.answered, Some(f.answers())),
        ("friendly".to_owned(), f.liked, Some(f.friendly())),
        ("noes".to_owned(), f.noes, Some(f.refusals())),
        ("suspected".to_owned(), f.suspected(), None),
        ("visited".to_owned(), f.visited, None),
        ("visits".to_owned(), f.visits, None),
        ("calls_open".to_owned(), f.calls_open, None),
    ];
    for (kind, map) in [("withdrawn", &f.withdrawn), ("reply", &f.replies), ("call", &f.calls)] {
        rows.extend(map.iter().map(|(word, n)| (format!("{kind}:{word}"), *n, None)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::campaign::CampaignState;

    #[test]
    fn every_line_has_the_columns_of_the_head() {
        let figures = Figures { planned: 4, sent: 4, answered: 1, ..Figures::default() };
        let report = Report {
            campaign: "vinter".to_owned(),
            state: CampaignState::Running,
            total: figures.clone(),
            by: Some(By::Variant),
            groups: vec![("personal".to_owned(), figures)],
        };
        let csv = write(&report, &Outcomes::default(), "2026-12-05");
        let columns = |line: &str| line.matches(',').count();
        assert!(csv.lines().all(|line| columns(line) == columns(HEAD)), "{csv}");
        assert!(csv.contains("2026-12-05,vinter,,,answered,1,4,0.2500,0.0456,0.6994,true\r\n"), "{csv}");
        assert!(csv.contains("2026-12-05,vinter,personal,,planned,4,,,,,\r\n"), "{csv}");
    }
}
