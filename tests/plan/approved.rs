//! What becomes of a yes.

use lykt::clock::new_id;
use lykt::domain::campaign::CampaignState;
use lykt::plan::approved::carry_out;
use lykt::store::campaign::{self, Plan};
use serde_json::json;

use crate::plan::house::{House, list};

#[tokio::test]
async fn a_plan_that_cannot_be_carried_out_keeps_no_other_waiting() {
    for house in House::both().await {
        house.write_list(&list(0..2));
        let plan = house.plan(json!({})).await.plan;
        house.say_yes(json!({}), plan.eligible).await.unwrap();
        // By its name it comes first.
        let broken = Plan { id: new_id(), campaign: "annet".to_owned(), definition: "{}".to_owned(), ..plan };
        let mut tx = house.db.begin().await.unwrap();
        assert!(campaign::set_plan(&mut tx, &house.ledger.vault, &broken).await.unwrap());
        assert!(campaign::approve(&mut tx, &broken, None, house.ledger.clock.now_ms()).await.unwrap());
        tx.commit().await.unwrap();
        assert!(carry_out(&house.db, &house.ledger).await.is_err());
        assert_eq!(house.state().await, CampaignState::Running);
    }
}
