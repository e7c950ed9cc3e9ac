//! Two persons: what one person alone may do, and whether somebody is there to agree where two are needed.

use super::finding::Findings;
use crate::domain::lang::Text;
use crate::domain::matter::Matter;
use crate::settings::Settings;
use crate::store::{Db, DbError, user};
use crate::text;

/// Looks at what needs two persons.
pub(super) async fn look(db: &Db, settings: &Settings, found: &mut Findings) -> Result<(), DbError> {
    let needed = &settings.access.second_person;
    let alone: Vec<_> = Matter::ALL.into_iter().filter(|matter| !needed.contains(matter)).collect();
    let words = words(&alone);
    if alone.is_empty() {
        found.ok("second_person", text!("two persons are needed where they can be", "to personer kreves der de kan"));
    } else {
        let (en, nb) = (words.en, words.nb);
        found.ok(
            "second_person",
            text!(
                "one person alone may: {en}. One stolen password, or one mistake, is enough for that; [access] second_person asks for two",
                "én person alene kan: {nb}. Ett stjålet passord, eller én feil, er nok til det; [access] second_person krever to"
            ),
        );
    }
    let users = user::all(&mut db.read().await?).await?;
    let open = || users.iter().filter(|user| user.disabled_at.is_none());
    for matter in needed {
        let agree = open().filter(|user| user.role == matter.agrees()).count();
        if agree > 0 && open().count() > 1 {
            continue;
        }
        let (role, what) = (matter.agrees().text(), matter.text());
        let (en, nb, role_en, role_nb) = (what.en, what.nb, role.en, role.nb);
        found.warning(
            "second_person",
            text!(
                "two persons are needed to {en}, and nobody can be the second",
                "det kreves to personer for å {nb}, og ingen kan være den andre"
            ),
            text!(
                "add somebody else with the role {role_en}: lykt user add; or take it out of [access] second_person",
                "legg til noen andre med rollen {role_nb}: lykt user add; eller ta det ut av [access] second_person"
            ),
        );
        found.about(matter.as_str());
    }
    Ok(())
}

fn words(matters: &[Matter]) -> Text {
    let all = matters.iter().map(|matter| matter.text());
    let (en, nb): (Vec<_>, Vec<_>) = all.map(|text| (text.en.to_string(), text.nb.to_string())).unzip();
    let (en, nb) = (en.join(", "), nb.join(", "));
    text!("{en}", "{nb}")
}
