//! Every door has a row in `doors.tsv` that says who may come through it, and the house keeps to it.

use lykt::web::{Allow, doors};

const ROWS: &str = include_str!("doors.tsv");

#[test]
fn every_door_has_its_row_and_every_row_its_door() {
    let built: Vec<String> = doors()
        .list()
        .iter()
        .map(|door| {
            let who = match door.allow {
                Allow::Anyone => "anyone".to_owned(),
                Allow::Roles(roles) => roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
                Allow::Scope(scope) => format!("token {}", scope.as_str()),
            };
            format!("{}\t{}\t{who}", door.method, door.path)
        })
        .collect();
    let rows: Vec<&str> = ROWS.lines().collect();
    let missing: Vec<_> = built.iter().filter(|door| !rows.contains(&door.as_str())).cloned().collect();
    assert!(missing.is_empty(), "tests/web/doors.tsv does not say who may come through:\n{}", missing.join("\n"));
    for row in &rows {
        assert!(built.iter().any(|door| door == row), "a row without a door: {row}");
    }
    assert!(rows.is_sorted(), "keep the rows sorted, so that a door is found");
}
