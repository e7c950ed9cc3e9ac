//! One run of a small campaign: somewhere the fault falls; then comes a second start without one, and the check.

use std::time::Duration;

use lykt::fake_gateway::FaultGateway;

use crate::power::check::{self, Ended};
use crate::power::house::{Daemon, House};
use crate::power::people::{People, now_ms};
use crate::power::shim::{Board, Call, Fault, Kind};

/// A gateway takes so long, so that answers come between two sends.
pub const LATENCY: Duration = Duration::from_millis(15);
const LOOK: Duration = Duration::from_millis(25);
/// What lasts, lasts longer than a message may wait for its first byte.
const LASTS: Duration = Duration::from_millis(1_200);
/// Nothing waits longer.
const LONGEST: Duration = Duration::from_secs(300);

/// What came of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    /// Calls of each class, in the first start.
    pub counts: [u64; 4],
    /// Whether the fault fell.
    pub met: bool,
    pub doubts: i64,
}

/// Runs a copy of this house to its end and checks it.
///
/// # Panics
/// When a promise is broken.
pub async fn run(planned: &House, fault: Option<Fault>) -> Done {
    let house = planned.copy();
    let gateway = house.start_gateway().await;
    gateway.set_latency(LATENCY);
    gateway.send_receipts(house.hooks(), Duration::from_millis(5), &["delivered"]);
    let what = format!("{fault:?}");
    let (board, mut people) = (house.board(), People::default());
    let outlasting = fault.filter(|fault| fault.kind.lasts()).map(|fault| outlast(&gateway, &board, fault));
    let first = first_start(&house, &gateway, &board, &mut people, fault);
    let outlasted = async {
        if let Some(outlasting) = outlasting {
            outlasting.await;
        }
        std::future::pending::<()>().await;
    };
    // A point that this run never came to is outlasted by nobody.
    tokio::select! {
        () = first => {}
        () = outlasted => {}
    }
    check::first_start(&house, fault, board.is_met());

    let (again_ms, before) = (now_ms(), house.log().len());
    let daemon = house.serve(None);
    wait(&house, &format!("{what}: the second start"), async || {
        people.speak(&gateway, &house).await;
        people.have_spoken() && check::is_settled(&house, &gateway).await
    })
    .await;
    drop(daemon);
    let (log, doubts) = (&house.log()[before..], check::doubts(fault));
    let (house, gateway, people, what) = (&house, &gateway, &people, what.as_str());
    let doubts = check::check(&Ended { house, gateway, people, again_ms: Some(again_ms), doubts, log, what }).await;
    Done { counts: Call::ALL.map(|call| board.count(call)), met: board.is_met(), doubts }
}

/// From the first start to its end: by the fault, or by a stop when all is done.
async fn first_start(house: &House, gateway: &FaultGateway, board: &Board, people: &mut People, fault: Option<Fault>) {
    let mut daemon = house.serve(Some((board, fault)));
    let deadly = fault.is_some_and(|fault| fault.kind.is_deadly());
    wait(house, &format!("{fault:?}: the first start"), async || {
        people.speak(gateway, house).await;
        let done = people.have_spoken()
            && match deadly {
                // Nobody may look into the files when the power goes: SQLite would count on who looks.
                true => gateway.accepts().len() >= 3,
                false => check::is_settled(house, gateway).await,
            };
        done || daemon.has_ended()
    })
    .await;
    stop(house, &mut daemon, fault).await;
}

async fn stop(house: &House, daemon: &mut Daemon, fault: Option<Fault>) {
    daemon.stop();
    wait(house, &format!("{fault:?}: the stop"), async || daemon.has_ended()).await;
}

/// While there is no room nothing may begin; what lasts is ended after a while.
async fn outlast(gateway: &FaultGateway, board: &Board, fault: Fault) {
    while !board.is_met() {
        tokio::time::sleep(LOOK).await;
    }
    // What was under way may still arrive.
    tokio::time::sleep(LASTS / 2).await;
    let before = gateway.accepts().len();
    tokio::time::sleep(LASTS / 2).await;
    let began = gateway.accepts().len() - before;
    assert!(fault.kind != Kind::Full || began == 0, "{fault:?}: {began} sent without room for the intent");
    board.release();
}

/// Waits until something holds; says what the program said when it never does.
pub async fn wait(house: &House, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let within = tokio::time::timeout(LONGEST, async {
        while !holds().await {
            tokio::time::sleep(LOOK).await;
        }
    });
    let held = within.await.is_ok();
    assert!(held, "not in time: {what}\n{}", house.log());
}
