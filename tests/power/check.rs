//! The checker: what the gateway took and what people were promised, against what stands in the database.

use std::collections::BTreeMap;

use lykt::fake_gateway::FaultGateway;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::power::house::{House, PEOPLE, UNDER_WAY};
use crate::power::people::People;
use crate::power::shim::{Call, Fault, Kind};

/// What a send that had begun before a no may still take, and the machine besides (DESIGN).
const STILL_MS: i64 = 2_000;

/// A run at its end.
pub struct Ended<'a> {
    pub house: &'a House,
    pub gateway: &'a FaultGateway,
    pub people: &'a People,
    /// Since when nothing of an earlier start can be under way, unix milliseconds.
    pub again_ms: Option<i64>,
    /// So many tries may have been cut off.
    pub doubts: i64,
    /// What the last start said.
    pub log: &'a str,
    pub what: &'a str,
}

/// What stands in the database.
struct Standing {
    states: BTreeMap<String, i64>,
    /// What waits, and not for somebody who reads an answer.
    waits: i64,
    replies: i64,
    noes: i64,
}

/// Read by a connection of its own, so that the daemon is kept from nothing.
async fn standing(house: &House) -> sqlx::Result<Standing> {
    macro_rules! read {
        ($of:expr) => {{
            let mut of = $of;
            let states = "select state, count(*) from message group by state";
            let states: Vec<(String, i64)> = sqlx::query_as(states).fetch_all(&mut of).await?;
            let waits = "select count(*) from message m where m.state = 'submitting' or m.state = 'queued' \
                 and not exists (select 1 from contact c where c.id = m.contact_id and c.unread > 0)";
            let (waits,): (i64,) = sqlx::query_as(waits).fetch_one(&mut of).await?;
            let (replies,): (i64,) = sqlx::query_as("select count(*) from reply").fetch_one(&mut of).await?;
            let (noes,): (i64,) = sqlx::query_as("select count(*) from no").fetch_one(&mut of).await?;
            of.close().await?;
            Ok(Standing { states: states.into_iter().collect(), waits, replies, noes })
        }};
    }
    if house.url().starts_with("sqlite:") {
        read!(SqliteConnection::connect(&house.url()).await?)
    } else {
        read!(PgConnection::connect(&house.url()).await?)
    }
}

impl Standing {
    fn of(&self, state: &str) -> i64 {
        self.states.get(state).copied().unwrap_or_default()
    }
}

/// Whether all that can go out has gone, and what became of it is known.
pub async fn is_settled(house: &House, gateway: &FaultGateway) -> bool {
    // While a daemon starts or writes, the file may be locked for a moment.
    let Ok(now) = standing(house).await else { return false };
    now.states.values().sum::<i64>() == PEOPLE as i64
        && now.waits == 0
        && now.of("delivered") == gateway.accepts().len() as i64
}

/// So many tries may be unclear after a fault: those under way when the program died, or when the network failed.
pub fn doubts(fault: Option<Fault>) -> i64 {
    match fault {
        Some(Fault { kind, call, .. }) if kind.is_deadly() || call == Call::Out => UNDER_WAY as i64,
        _ => 0,
    }
}

/// What the first start must have said.
pub fn first_start(house: &House, fault: Option<Fault>, met: bool) {
    let log = house.log();
    let deadly = met && fault.is_some_and(|fault| fault.kind.is_deadly());
    // A failing disk may keep it from starting.
    if !deadly && log.contains("lykt runs") {
        assert!(log.contains("lykt has stopped"), "{fault:?}: it did not live on to its stop\n{log}");
    }
    if !deadly && !log.contains("lykt runs") {
        assert!(met && fault.is_some_and(|f| f.kind != Kind::Hang), "{fault:?}: it did not start\n{log}");
    }
    let alarms = log.matches("nothing can be sent for now").count();
    assert!(alarms <= 1, "{fault:?}: one alarm, and not {alarms}\n{log}");
}

/// Checks every promise; how many messages are in doubt.
pub async fn check(ended: &Ended<'_>) -> i64 {
    let Ended { house, gateway, people, what, log, .. } = ended;
    let standing = standing(house).await.unwrap();
    let told = format!(
        "{what}: {:?}; accepted {:?}; heard {:?}\n{}",
        standing.states,
        gateway.counts(),
        people.heard,
        house.log()
    );
    assert!(gateway.counts().values().all(|n| *n == 1), "somebody got it twice; {told}");
    let (delivered, doubts) = (standing.of("delivered"), standing.of("in_doubt"));
    let (withdrawn, queued) = (standing.of("withdrawn"), standing.of("queued"));
    assert_eq!(delivered + doubts + withdrawn + queued, PEOPLE as i64, "a message is lost; {told}");
    assert_eq!(delivered, gateway.accepts().len() as i64, "what arrived is known; {told}");
    assert!(withdrawn <= 1 && queued <= 1, "one said no, and one waits for a reader; {told}");
    assert!(doubts <= ended.doubts, "{doubts} in doubt of {} that could be; {told}", ended.doubts);
    for (who, heard) in people.held() {
        for accept in gateway.accepts().iter().filter(|accept| accept.to == *who) {
            assert!(accept.came_ms <= heard + STILL_MS, "it went out after an answer; {told}");
            let again = ended.again_ms.is_some_and(|again| *heard < again && accept.came_ms >= again);
            assert!(!again, "it went out after an answer and a new start; {told}");
        }
    }
    assert_eq!(
        (standing.replies, standing.noes),
        (3, 1),
        "an answer that was promised is lost, or is there twice; {told}"
    );
    // On a slow machine an answer may have to be told again.
    let errors = log.lines().filter(|line| line.contains("ERROR") && !line.contains("webhook::receive")).count();
    assert_eq!(errors, 0, "the new start is not well; {told}");
    house.is_whole().await;
    doubts
}
