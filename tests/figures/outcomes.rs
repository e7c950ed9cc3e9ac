//! Outcomes count once, for the campaign whose message came last, and stay what they were when the people are erased.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lykt::campaign::file::Wanted;
use lykt::counting::import::Refused;
use lykt::counting::{Added, Counting, How, Known, NotTaken};
use lykt::domain::heard::Heard;
use lykt::domain::id::{ContactId, CountedId};
use lykt::domain::message::MessageState as State;
use lykt::domain::private::Private;
use lykt::market::Market;
use lykt::report::outcomes::{Came, Outcomes};
use lykt::report::workbook::{self, Cell, Sheet};
use lykt::report::yearly;
use lykt::settings::Settings;
use lykt::store::counted;
use lykt::store::touch::{self, Touch, TouchKind};

use crate::figures::ledger::{DAY, House};

fn wanted(name: &str) -> Wanted {
    let titles = BTreeMap::from([("nb".to_owned(), format!("Utfall {name}"))]);
    Wanted { name: name.to_owned(), titles, goal: Some(10), code: Some("lykt".to_owned()) }
}

fn known(campaign: &str) -> Known {
    let ends = "2027-01-31".parse().ok();
    let outcomes = vec![wanted("first_dose"), wanted("visit")];
    Known { campaign: campaign.to_owned(), title: campaign.to_owned(), ends, outcomes, by_place: false }
}

fn settings() -> Settings {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lykt.toml");
    std::fs::write(&file, "[organisation]\nname = \"Lykten\"\nregion = \"SE\"\n").unwrap();
    Settings::load(&file).unwrap()
}

fn counting(house: &House) -> Counting {
    Counting::of(&house.ledger, &settings())
}

impl House {
    fn today(&self) -> Date {
        self.ledger.clock.today()
    }

    async fn outcome(&self, how: How) -> Added {
        self.outcome_of("vinter", "first_dose", self.today(), how).await
    }

    async fn outcome_of(&self, campaign: &str, name: &str, day: Date, how: How) -> Added {
        let known = known(campaign);
        let mut tx = self.db.begin().await.unwrap();
        let wanted = known.outcome(name).unwrap();
        let added = counting(self).add(&mut tx, &known, wanted, day, how, Some("Amanda")).await.unwrap();
        tx.commit().await.unwrap();
        added
    }

    async fn take_back(&self, id: CountedId) -> Result<(), NotTaken> {
        let mut tx = self.db.begin().await.unwrap();
        let taken = counting(self).take_back(&mut tx, id, Some("Kim")).await.unwrap();
        tx.commit().await.unwrap();
        taken.map(drop)
    }

    /// A message of another campaign that reached somebody now.
    async fn other_message(&self, n: usize) {
        let contact = self.contact(n).await;
        let mut entry = Touch::new(TouchKind::Message, self.ledger.clock.now_ms());
        (entry.campaign, entry.counts) = (Some("hei".to_owned()), true);
        let mut tx = self.db.begin().await.unwrap();
        self.ledger.register(&mut tx, contact, &entry).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Somebody whose number is nobody's, and who got a message of the campaign two days ago.
    async fn swede(&self) -> (Private, ContactId) {
        let person = Private::new("+46701740605".to_owned());
        let mut tx = self.db.begin().await.unwrap();
        let contact = self.ledger.contact(&mut tx, &person).await.unwrap().id;
        let mut entry = Touch::new(TouchKind::Message, self.ledger.clock.now_ms() - 2 * DAY);
        (entry.campaign, entry.counts) = (Some("vinter".to_owned()), true);
        self.ledger.register(&mut tx, contact, &entry).await.unwrap();
        tx.commit().await.unwrap();
        (person, contact)
    }

    /// A message of the campaign that reached somebody now, with its entry in the ledger.
    async fn reached(&self, n: usize, variant: &str) {
        let message = self.message(n, variant, "nb", State::Delivered, None).await;
        let mut tx = self.db.begin().await.unwrap();
        let found = lykt::store::message::get(&mut tx, message).await.unwrap().unwrap();
        self.ledger.message_out(&mut tx, &found, self.ledger.clock.now_ms(), "sent").await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn led_to(&self, campaign: &str) -> Outcomes {
        let total = self.report(None).await.total;
        let mut tx = self.db.read().await.unwrap();
        lykt::report::outcomes::read(&mut tx, campaign, &known(campaign).outcomes, &total).await.unwrap()
    }

    async fn came(&self) -> Came {
        self.led_to("vinter").await.each.remove(0)
    }

    async fn year(&self, year: i16) -> serde_json::Value {
        let mut tx = self.db.read().await.unwrap();
        let named = BTreeMap::from([("vinter".to_owned(), known("vinter").outcomes)]);
        let market = Market::of(self.ledger.clone(), &settings());
        let read = yearly::read(&mut tx, year, self.ledger.clock.zone(), &named, &market).await.unwrap();
        read.tables.iter().map(|table| (table.name.to_owned(), table.json())).collect()
    }
}

fn heard(added: Added) -> Heard {
    let Added::New { heard, .. } = added else { panic!("it was counted before") };
    heard
}

#[tokio::test]
async fn an_outcome_belongs_to_the_campaign_whose_message_came_last_in_twelve_months() {
    for house in House::both().await {
        house.reached(1, "personal").await;
        house.days(20);
        assert_eq!(heard(house.outcome(How::Contact(house.contact(1).await)).await), Heard::Yes);
        assert_eq!(house.came().await.variants["personal"], 1);
        house.other_message(1).await;
        house.days(1);
        assert_eq!(heard(house.outcome(How::Contact(house.contact(1).await)).await), Heard::Other);
        assert_eq!(house.led_to("hei").await.credited, 1);
        // Half a year later is late, and counts.
        house.reached(2, "formal").await;
        house.days(180);
        assert_eq!(heard(house.outcome(How::Contact(house.contact(2).await)).await), Heard::Yes);
        house.days(200);
        assert_eq!(heard(house.outcome(How::Contact(house.contact(2).await)).await), Heard::No, "after twelve months");
        let came = house.came().await;
        assert_eq!((came.total, came.late, came.share().k, came.share().n), (4, 2, 2, 4));
    }
}

#[tokio::test]
async fn the_same_outcome_of_the_same_contact_on_the_same_day_counts_once() {
    for house in House::both().await {
        house.reached(1, "personal").await;
        let contact = house.contact(1).await;
        let Added::New { id, .. } = house.outcome(How::Contact(contact)).await else { panic!("it is new") };
        assert_eq!(house.outcome(How::Contact(contact)).await, Added::Before);
        house.outcome_of("vinter", "visit", house.today(), How::Contact(contact)).await;
        assert_eq!(house.led_to("vinter").await.total(), 2);
        // Taken back by a new entry; the old one stands.
        assert_eq!(house.take_back(id).await, Ok(()));
        assert_eq!(house.take_back(id).await, Err(NotTaken::Before));
        assert_eq!(house.take_back(lykt::clock::new_id()).await, Err(NotTaken::Unknown));
        assert_eq!(house.came().await.total, 0);
        let mut tx = house.db.read().await.unwrap();
        let entries = touch::history(&mut tx, &house.ledger.vault, contact).await.unwrap();
        drop(tx);
        let kinds: Vec<_> = entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [TouchKind::Message, TouchKind::Outcome, TouchKind::Outcome, TouchKind::TakenBack]);
        assert_eq!(entries[3].takes_back, Some(entries[1].id));
        assert!(matches!(house.outcome(How::Contact(contact)).await, Added::New { .. }), "and it may be counted anew");
    }
}

#[tokio::test]
async fn an_outcome_without_anybody_is_a_count_and_nothing_else() {
    for house in House::both().await {
        for said in [Heard::Yes, Heard::Yes, Heard::No, Heard::Unknown] {
            assert_eq!(heard(house.outcome(How::Asked(said)).await), said);
        }
        assert_eq!(heard(house.outcome(How::Code).await), Heard::Yes);
        let came = house.came().await;
        assert_eq!((came.total, came.share().k, came.share().n), (5, 3, 4));
        let people = "select (select count(*) from contact) + (select count(*) from touch)";
        assert_eq!(house.rows(people).await, 0);
    }
}

const FILE: &str = "Dato;Utfall;Telefon;Hørt\n\
    02.12.2026;first_dose;070-174 06 05;\n\
    02.12.2026;Utfall visit;;ja\n\
    02.12.2026;Utfall visit;;ja\n\
    2026-12-03;first_dose;+46 70 174 06 99;\n\
    2026-12-03;first_dose;;nei\n\
    2026-12-04;first_dose;;\n\
    32.12.2026;first_dose;;\n\
    2026-12-03;tredje;;\n\
    2026-12-03;first_dose;9I234;\n\
    2026-12-03;first_dose;;kanskje\n\
    2025-11-03;first_dose;;\n";

#[tokio::test]
async fn a_file_counts_once_however_often_it_is_read_and_however_it_grows() {
    for house in House::both().await {
        let (person, contact) = house.swede().await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.csv");
        let import = async |text: &str, source: &str| {
            std::fs::write(&file, text).unwrap();
            counting(&house).import(&house.db, &known("vinter"), &file, source, None, |_| {}).await.unwrap()
        };
        let first = import(FILE, "journal.csv").await;
        let refused: Vec<_> = first.refused.iter().map(|(line, why)| (*line, *why)).collect();
        let expected = [
            (7, Refused::Future),
            (8, Refused::Date),
            (9, Refused::Outcome),
            (10, Refused::Number),
            (11, Refused::Heard),
            (12, Refused::TooOld),
        ];
        assert_eq!(refused, expected);
        assert_eq!((first.rows, first.before, first.strangers), (11, 0, 1));
        assert_eq!(first.counted, BTreeMap::from([(Heard::Yes, 3), (Heard::No, 2)]));
        let again = import(FILE, "journal.csv").await;
        assert_eq!((again.counted.len(), again.before), (0, 5));
        // The person was registered by hand too, and is forgotten in between: still once.
        let day = "2026-12-02".parse().unwrap();
        assert_eq!(house.outcome_of("vinter", "first_dose", day, How::Contact(contact)).await, Added::Before);
        let mut tx = house.db.begin().await.unwrap();
        lykt::retention::forget(&house.ledger, &mut tx, &person).await.unwrap();
        tx.commit().await.unwrap();
        let grown = format!("{FILE}02.12.2026;Utfall visit;;ja\n");
        assert_eq!(import(&grown, "journal.csv").await.counted, BTreeMap::from([(Heard::Yes, 1)]));
        // Another clinic's rows are others, but not those of the same person.
        assert_eq!(import(FILE, "other.csv").await.counted, BTreeMap::from([(Heard::Yes, 2), (Heard::No, 1)]));
        assert_eq!(house.led_to("vinter").await.total(), 9);
        assert_eq!(house.rows("select count(*) from contact").await, 0, "a file makes no contact");
    }
}

#[tokio::test]
async fn a_workbook_counts_as_the_same_rows_of_a_text_file_do() {
    for house in House::both().await {
        house.swede().await;
        let folder = tempfile::tempdir().unwrap();
        let import = async |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            counting(&house).import(&house.db, &known("vinter"), &file, "journal", None, |_| {}).await.unwrap()
        };
        let mut lines = FILE.lines().map(|line| line.split(';').map(str::to_owned).collect::<Vec<_>>());
        let head = lines.next().unwrap();
        let rows = lines.map(|row| row.into_iter().map(Cell::Text).collect()).collect();
        let sheet = Sheet { name: "Utfall".to_owned(), head, rows };
        let first = import("journal.xlsx", &workbook::write(&[sheet]).unwrap()).await;
        assert_eq!((first.rows, first.refused.len()), (11, 6));
        assert_eq!(first.counted, BTreeMap::from([(Heard::Yes, 3), (Heard::No, 2)]));
        let again = import("journal.csv", FILE.as_bytes()).await;
        assert_eq!((again.counted.len(), again.before), (0, 5), "they counted before");
    }
}

#[tokio::test]
async fn outcomes_and_the_year_are_the_same_before_and_after_people_are_erased() {
    for house in House::both().await {
        for n in 0..12 {
            house.reached(n, if n % 2 == 0 { "personal" } else { "formal" }).await;
        }
        for n in 20..27 {
            house.by_hand(n).await;
        }
        house.days(4);
        // What goes on with an approach, or answers somebody, is none of its own.
        house.by_hand(0).await;
        house.by_hand(20).await;
        house.answers(30, "SM9", "Hei").await;
        house.by_hand(30).await;
        for n in 0..9 {
            house.outcome(How::Contact(house.contact(n).await)).await;
        }
        house.answers(1, "SM1", "Takk!").await;
        house.days(70);
        house.outcome(How::Asked(Heard::No)).await;
        let Added::New { id, .. } = house.outcome(How::Asked(Heard::Yes)).await else { panic!("it is new") };
        house.take_back(id).await.unwrap();
        house.other_message(3).await;
        house.outcome(How::Contact(house.contact(3).await)).await;
        let all = async || {
            let (led, hei) = (house.led_to("vinter").await, house.led_to("hei").await);
            let each: Vec<_> = led
                .each
                .iter()
                .map(|came| (came.total, came.heard.clone(), came.late, came.months.clone(), came.variants.clone()))
                .collect();
            (each, hei.credited, house.year(2026).await, house.year(2027).await)
        };
        let before = all().await;
        assert_eq!((before.0[0].0, before.0[0].2, before.1), (11, 2, 1));
        assert_eq!(before.2["year"][0]["total"], 12 + 7, "{}", before.2);
        assert_eq!(before.2["outcomes"][0]["yes"], 9);
        house.forget(1).await;
        assert_eq!(all().await, before, "on request");
        for days in [200, 110, 40, 300] {
            house.days(days);
            house.erase().await;
            assert_eq!(all().await, before, "after {days} more days");
        }
        assert_eq!(house.rows("select (select count(*) from counted) + (select count(*) from touch)").await, 0);
    }
}

#[tokio::test]
async fn what_is_kept_of_an_outcome_forgets_the_entry_when_it_goes() {
    for house in House::both().await {
        house.reached(1, "personal").await;
        let Added::New { id, .. } = house.outcome(How::Contact(house.contact(1).await)).await else {
            panic!("it is new")
        };
        let row = async || counted::get(&mut house.db.read().await.unwrap(), id).await.unwrap().unwrap();
        assert!(row().await.touch.is_some());
        house.forget(1).await;
        assert!(row().await.touch.is_none());
        assert_eq!(house.came().await.total, 1);
        assert_eq!(house.take_back(id).await, Ok(()), "a mistake can be taken back also then");
    }
}
