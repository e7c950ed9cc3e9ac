//! What the log says of files: once, by place and key, when somebody has finished writing.

use std::fs;

use crate::folder::desk::{Desk, FINISHED, Log};

/// Looks until nothing is left to look at, and waits as long as a half-written file does in between.
async fn read(desk: &Desk, reader: &mut lykt::daemon::folder::Reader) {
    for _ in 0..2 {
        while reader.step().await.unwrap() == lykt::daemon::folder::Again::Now {}
        desk.ledger.clock.advance_ms(FINISHED);
    }
    while reader.step().await.unwrap() == lykt::daemon::folder::Again::Now {}
}

#[tokio::test]
async fn a_half_written_file_waits_two_seconds_and_its_mistakes_are_told_once_with_their_lines() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let _listening = log.listen();
    let mut reader = desk.reader();
    read(&desk, &mut reader).await;
    assert!(log.take().contains("campaign file read"));
    let approved = desk.text();

    desk.write(&approved[..200]);
    reader.step().await.unwrap();
    desk.ledger.clock.advance_ms(FINISHED - 1);
    reader.step().await.unwrap();
    assert_eq!(log.take(), "", "half written");
    desk.write(&approved.replace("rate = ", "rat = "));
    reader.step().await.unwrap();
    desk.ledger.clock.advance_ms(FINISHED - 1);
    reader.step().await.unwrap();
    assert_eq!(log.take(), "", "written again");
    desk.ledger.clock.advance_ms(1);
    reader.step().await.unwrap();
    let told = log.take();
    let line = approved.lines().position(|line| line.starts_with("rate = ")).unwrap() + 1;
    assert!(told.contains(&format!("vinter.toml:{line}:1")) && told.contains("unknown_key"), "{told}");
    // The same again, saved anew: nothing to say.
    desk.write(&approved.replace("rate = ", "rat = "));
    read(&desk, &mut reader).await;
    assert_eq!(log.take(), "");
}

#[tokio::test]
async fn a_file_whose_name_has_a_space_is_named_whole() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let _listening = log.listen();
    let mut reader = desk.reader();
    desk.house.write("campaigns/vinter copy.toml", &desk.text());
    read(&desk, &mut reader).await;
    let told = log.take();
    assert!(told.contains("vinter copy.toml:1:1\"") && told.contains("\"bad_name\""), "{told}");
}

#[tokio::test]
async fn a_file_that_keeps_changing_is_read_at_some_point_and_called_unfinished() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let mut reader = desk.reader();
    read(&desk, &mut reader).await;
    let _listening = log.listen();
    for n in 0..35 {
        desk.write(&format!("# {n}"));
        reader.step().await.unwrap();
        desk.ledger.clock.advance_ms(1_000);
    }
    assert_eq!(log.take().matches("the file keeps changing").count(), 1);
}

#[tokio::test]
async fn a_difference_is_told_by_its_keys_and_never_by_its_words() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let _listening = log.listen();
    let mut reader = desk.reader();
    read(&desk, &mut reader).await;
    let changed = desk.text().replace("Gratis lege", "Gratis tannlege").replace("20:00", "19:00");
    desk.write(&changed.replace("sender = \"Amanda\"", "sender = \"Beatrice\""));
    read(&desk, &mut reader).await;
    let told = log.take();
    for key in ["message.sender", "message.variant.personal.text.nb", "window.until"] {
        assert!(told.contains(key), "{key}: {told}");
    }
    for word in ["Amanda", "Beatrice", "lege", "Gratis"] {
        assert!(!told.contains(word), "{word}: {told}");
    }
}

#[tokio::test]
async fn a_list_that_comes_later_is_seen_by_the_campaign_that_names_it() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let _listening = log.listen();
    let mut reader = desk.reader();
    desk.write(&desk.text().replace("lists/vinter.csv", "lists/senere.csv"));
    read(&desk, &mut reader).await;
    assert!(log.take().contains("list_missing"));
    desk.house.write("campaigns/lists/senere.csv", "telefon;språk\n91000000;nb\n");
    read(&desk, &mut reader).await;
    assert!(log.take().contains("campaign file read"));
    desk.remove("campaigns/lists/senere.csv");
    read(&desk, &mut reader).await;
    assert!(log.take().contains("list_missing"));
}

/// As `approve --shred-list` leaves it.
#[tokio::test]
async fn a_list_that_is_removed_after_the_yes_is_no_mistake_until_the_file_is_changed() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let _listening = log.listen();
    let mut reader = desk.reader();
    read(&desk, &mut reader).await;
    log.take();
    desk.remove("campaigns/lists/vinter.csv");
    read(&desk, &mut reader).await;
    let told = log.take();
    assert!(told.contains("not needed any more") && !told.contains("list_missing"), "{told}");
    // Of another file it is missed.
    desk.write(&desk.text().replace("20:00", "19:00"));
    read(&desk, &mut reader).await;
    let told = log.take();
    assert!(told.contains("list_missing") && !told.contains("not needed any more"), "{told}");
}

#[tokio::test]
async fn mistakes_in_files_beside_the_campaigns_are_told_once_when_somebody_has_finished_writing() {
    const QUESTION: &str = "[[question]]\nname = \"where\"\ntext = \"Hvor?\"\nanswers = { x = \"X\" }\n";
    let (desk, log) = (Desk::on(None).await, Log::default());
    let _listening = log.listen();
    let mut reader = desk.reader();
    for (file, sound) in [
        ("questions/a.toml", QUESTION),
        ("routines.toml", "[[routine]]\nname = \"a\"\ntitle = \"A\"\ncron = \"0 9 * * *\"\nowner = \"Kari\"\n"),
        ("platforms/a.toml", "[[platform]]\nname = \"x\"\ntitle = \"X\"\n"),
        (
            "services/a.toml",
            "[[service]]\nname = \"a\"\ntitle = \"A\"\nkind = \"lawyer\"\nwhere = [\"Norge\"]\nchecked = 2026-10-01\n",
        ),
    ] {
        let path = format!("campaigns/{file}");
        fs::create_dir_all(desk.house.root().join(&path).parent().unwrap()).unwrap();
        desk.house.write(&path, sound);
        read(&desk, &mut reader).await;
        log.take();
        desk.house.write(&path, &sound.replace("title", "tittel").replace("text", "tekst"));
        reader.step().await.unwrap();
        desk.ledger.clock.advance_ms(FINISHED - 1);
        reader.step().await.unwrap();
        assert_eq!(log.take(), "", "{file}: half written");
        desk.ledger.clock.advance_ms(1);
        reader.step().await.unwrap();
        let told = log.take();
        assert!(told.contains(&format!("file=\"{file}:3:1\" code=\"unknown_key\"")), "{told}");
        assert!(!told.contains("Hvor"), "{told}");
        desk.house.write(&path, &sound.replace("title", "tittel").replace("text", "tekst"));
        read(&desk, &mut reader).await;
        assert_eq!(log.take(), "", "{file}: the same again");
        desk.house.write(&path, sound);
        read(&desk, &mut reader).await;
        assert!(log.take().contains("have no mistakes any more"), "{file}");
    }
    // One name in two files: no file alone shows it.
    desk.house.write("campaigns/questions/b.toml", QUESTION);
    read(&desk, &mut reader).await;
    assert!(log.take().contains("file=\"questions/b.toml\" code=\"duplicate\""));
}

#[tokio::test]
async fn a_folder_that_is_away_for_a_while_has_no_mistakes() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let mut reader = desk.reader();
    read(&desk, &mut reader).await;
    let _listening = log.listen();
    let folder = desk.house.root().join("campaigns");
    fs::rename(&folder, desk.house.root().join("away")).unwrap();
    read(&desk, &mut reader).await;
    let told = log.take();
    assert!(told.matches("cannot be read").count() == 1 && told.lines().count() == 1, "{told}");
    fs::rename(desk.house.root().join("away"), &folder).unwrap();
    read(&desk, &mut reader).await;
    assert_eq!(log.take(), "");
}

/// Fault 44.
#[tokio::test]
async fn ten_thousand_files_and_those_made_to_break_a_reader_stop_nothing() {
    let (desk, log) = (Desk::on(None).await, Log::default());
    let folder = desk.house.root().join("campaigns");
    for n in 0..10_000 {
        fs::write(folder.join(format!("k{n}.toml")), "title = 1").unwrap();
    }
    fs::write(folder.join("brackets.toml"), "[".repeat(20_000)).unwrap();
    let keys: String = (0..20_000).map(|n| format!("k{n} = 1\n")).collect();
    fs::write(folder.join("keys.toml"), &keys).unwrap();
    fs::write(folder.join("million.toml"), keys.repeat(50)).unwrap();
    fs::write(folder.join("twice.toml"), "title = \"a\"\ntitle = \"b\"\n").unwrap();
    fs::create_dir(folder.join("folder.toml")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link.toml")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("nowhere.toml")).unwrap();
    fs::write(folder.join("utf16.toml"), b"\xff\xfet\0").unwrap();
    let _listening = log.listen();
    let mut reader = desk.reader();
    read(&desk, &mut reader).await;
    let told = log.take();
    for (name, code) in [
        ("k9999", "missing_key"),
        ("brackets", "too_deep"),
        ("million", "too_large"),
        ("folder", "not_a_file"),
        ("link", "outside"),
        ("nowhere", "not_found"),
        ("utf16", "not_utf8"),
    ] {
        let line = told.lines().find(|line| line.contains(&format!("\"{name}.toml:")) && line.contains(code));
        assert!(line.is_some(), "{name}: {code}");
    }
    assert!(told.contains("campaign.name=\"vinter\""), "the others are read");
    let mut guard = desk.guard().await;
    assert_eq!(desk.look(&mut guard).await.0.as_str(), "running");
}
