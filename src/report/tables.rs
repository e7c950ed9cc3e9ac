//! Tables of figures in both languages, written as CSV and as a workbook. Pure.

use super::workbook::{Cell, Sheet};
use crate::domain::inert::cell;
use crate::domain::lang::{Lang, Text};

/// A table of counts; `None` is a number too small to show.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its word in JSON and CSV.
    pub name: &'static str,
    /// What people call it.
    pub title: Text,
    /// Its columns, each by its word and what people call it.
    pub columns: Vec<(String, Text)>,
    /// Its rows.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its word in JSON and CSV.
    pub name: String,
    /// What people call it.
    pub title: Text,
    /// A count for each column.
    pub cells: Vec<Option<i64>>,
}

impl Table {
    /// As a sheet of a workbook.
    pub fn sheet(&self, lang: Lang) -> Sheet {
        let head = self.columns.iter().map(|(_, title)| title.pick(lang).to_owned());
        let row = |row: &Row| {
            let name = std::iter::once(Cell::Text(row.title.pick(lang).to_owned()));
            name.chain(row.cells.iter().map(|n| Cell::Count(*n))).collect()
        };
        Sheet {
            name: self.title.pick(lang).chars().filter(|c| !"[]:*?/\\".contains(*c)).take(31).collect(),
            head: std::iter::once(String::new()).chain(head).collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }

    /// As JSON: a row an object, by the words of the columns; a number too small to show is null.
    pub fn json(&self) -> serde_json::Value {
        let row = |row: &Row| {
            let cells = self.columns.iter().zip(&row.cells).map(|((word, _), n)| (word.clone(), serde_json::json!(n)));
            let name = std::iter::once(("name".to_owned(), serde_json::json!(row.name)));
            serde_json::Value::Object(name.chain(cells).collect())
        };
        self.rows.iter().map(row).collect()
    }
}

/// Tables as CSV: a line a figure, so that the columns never change. A number too small to show is empty, and `hidden` says so.
pub fn csv(tables: &[Table], first: (&str, &str)) -> String {
    let (head, value) = first;
    let mut out = format!("{head},table,row,column,count,hidden\r\n");
    for table in tables {
        for row in &table.rows {
            for ((word, _), n) in table.columns.iter().zip(&row.cells) {
                let (count, hidden) = n.map_or((String::new(), true), |n| (n.to_string(), false));
                let (table, row, word) = (table.name, cell(&row.name), cell(word));
                out.push_str(&format!("{value},{table},{row},{word},{count},{hidden}\r\n"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn a_hidden_number_is_empty_everywhere() {
        let column = |word: &str| (word.to_owned(), text!("{word}", "{word}"));
        let row = Row { name: "=x,y".to_owned(), title: text!("x", "x"), cells: vec![Some(7), None] };
        let table =
            Table { name: "t", title: text!("T/1", "T/1"), columns: vec![column("a"), column("b")], rows: vec![row] };
        let csv = csv(std::slice::from_ref(&table), ("year", "2026"));
        assert!(csv.ends_with("2026,t,\"'=x,y\",a,7,false\r\n2026,t,\"'=x,y\",b,,true\r\n"), "{csv}");
        assert_eq!(table.json()[0]["b"], serde_json::Value::Null);
        assert_eq!(table.sheet(Lang::En).name, "T1");
    }
}
