//! A list of handles: each is a person with one spelling, and a row without one is invalid.

use std::collections::BTreeMap;

use lykt::domain::decision::Decision;
use lykt::plan::{CHUNK, Keep, Seen};
use serde_json::json;

use crate::plan::house::{House, definition};

/// What is decided of the rows of the house's list.
async fn decisions(house: &House) -> BTreeMap<Decision, u32> {
    let columns = json!({ "handle": "kallenavn", "platform": "side", "language": "språk", "region": "sted" });
    let by_hand = json!({
        "channels": ["manual"], "account": "manual", "columns": columns,
        "calls": { "attempts": 1, "within": "7 days" },
    });
    let mut seen: BTreeMap<Decision, u32> = BTreeMap::new();
    house
        .plan_of(&definition(by_hand), Keep::Yes, CHUNK, |step| {
            if let Seen::Target(target) = step {
                *seen.entry(target.decision).or_default() += 1;
            }
        })
        .await
        .unwrap();
    seen
}

#[tokio::test]
async fn a_handle_is_planned_once_whatever_its_spelling_and_a_row_without_one_is_invalid() {
    for house in House::both().await {
        house.write_list("kallenavn;side;språk;sted\nanna;instagram;nb;Oslo\n@Anna;ig;nb;Oslo\ninstagram:berit;;nb;Oslo\ncilla;;nb;Oslo\n;instagram;nb;Oslo\n\"dora, @Dora; snap:ellen\";instagram;nb;Oslo\n");
        let wanted = [(Decision::Eligible, 4), (Decision::Duplicate, 1), (Decision::Invalid, 2)];
        assert_eq!(decisions(&house).await, BTreeMap::from(wanted));
    }
}

#[tokio::test]
async fn a_link_to_a_page_is_the_person_on_it_and_another_link_is_nobody() {
    for house in House::both().await {
        house.write_list(
            "kallenavn;side;språk;sted\n\
             https://instagram.com/anna77;instagram;nb;Oslo\n\
             anna77;instagram;nb;Oslo\n\
             https://www.instagram.com/Anna77/;instagram;nb;Oslo\n\
             www.instagram.com/anna77;instagram;nb;Oslo\n\
             instagram.com/anna77;snapchat;nb;Oslo\n\
             https://www.instagram.com/anna77?igsh=abc;instagram;nb;Oslo\n\
             https://ig.me/m/anna77;;nb;Oslo\n\
             https://www.instagram.com/stories/anna77/3141592653589793238/;;nb;Oslo\n\
             instagram:instagram:anna77/;instagram;nb;Oslo\n\
             https://example.org/anna77;instagram;nb;Oslo\n\
             https://www.instagram.com/stories/highlights/17900000000000000/;instagram;nb;Oslo\n\
             anna/berit;instagram;nb;Oslo\n\
             https://wa.me/46701740605;instagram;nb;Oslo\n",
        );
        let wanted = [(Decision::Eligible, 1), (Decision::Duplicate, 8), (Decision::Invalid, 4)];
        assert_eq!(decisions(&house).await, BTreeMap::from(wanted));
    }
}

#[tokio::test]
async fn digits_are_a_nickname_where_people_have_such_names_and_a_number_is_none() {
    for house in House::both().await {
        house.write_list(
            "kallenavn;side;språk;sted\n\
             kik:46701740605;;nb;Oslo\n\
             46701740605;kik;nb;Oslo\n\
             46701740605;facebook;nb;Oslo\n\
             46701740605;hookup;nb;Oslo\n\
             hookup:46701740605;instagram;nb;Oslo\n\
             46701740605;signal;nb;Oslo\n\
             46701740605;telegram;nb;Oslo\n\
             +46701740605;kik;nb;Oslo\n\
             WhatsApp: +46 70 174 06 05 (Anna);instagram;nb;Oslo\n\
             Anna: 0046701740605;instagram;nb;Oslo\n",
        );
        let wanted = [(Decision::Eligible, 2), (Decision::Duplicate, 1), (Decision::Invalid, 7)];
        assert_eq!(decisions(&house).await, BTreeMap::from(wanted));
    }
}
