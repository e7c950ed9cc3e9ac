//! Each cause that stops an installation is provoked, and the doctor names it, says what to do, and looks on.

use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use lykt::store::{Db, meta, sql};

use crate::figures::folder::Folder;

async fn change(folder: &Folder, statement: &'static str) {
    let db = Db::open(&format!("sqlite:{}", folder.path("lykt.db").display())).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    tx.run(sql(statement)).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
}

#[test]
fn a_fresh_installation_is_well_but_for_the_daemon() {
    let folder = Folder::new();
    let (found, code) = folder.doctor(&[]);
    let ill: Vec<_> = found.iter().filter(|(_, state)| state != "ok").collect();
    assert_eq!((ill, code), (vec![&("daemon".to_owned(), "warning".to_owned())], 0), "{found:?}");
    for cause in ["key_fit", "key_place", "database_version", "database_damage", "clock", "port", "disk", "doubts"] {
        assert!(found.iter().any(|(found, _)| found == cause), "{cause} was not looked at: {found:?}");
    }
}

#[test]
fn settings_that_are_missing_or_wrong_are_named_with_their_line() {
    let folder = Folder::new();
    for (text, said) in [
        ("[server]\nlisten_on = \"x\"\n", "lykt.toml, line 2: unknown field `listen_on`"),
        ("[server]\nlisten = \"here\"\n", "line 2: `here` is no address and port; write \"127.0.0.1:8080\""),
        ("[server\n", "lykt.toml, line 1: "),
        ("[database]\nurl = \"mysql://x\"\n", "lykt.toml, line 2: this is no address of a database"),
        ("[organisation]\ntimezone = \"Oslo\"\n", "line 2: `Oslo` is no time zone"),
        (
            "[gateways.t]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = \"hunter2\"\n",
            "a secret never stands in the settings",
        ),
        ("[gateways.t]\nkind = \"pigeon\"\n", "pigeon"),
    ] {
        folder.write("lykt.toml", text);
        folder.ails("settings", "broken");
        let output = folder.run(&["doctor"], &[("COLUMNS", "100")]);
        let told = String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(said) && !told.contains("hunter2"), "{said} in {told}");
    }
    std::fs::remove_file(folder.path("lykt.toml")).unwrap();
    folder.ails("settings", "broken");
}

#[test]
fn a_key_file_that_is_gone_open_damaged_or_foreign_is_named() {
    let folder = Folder::new();
    folder.mode("lykt.keys", 0o644);
    folder.ails("key_file", "broken");
    folder.mode("lykt.keys", 0o600);
    std::fs::rename(folder.path("lykt.keys"), folder.path("kept")).unwrap();
    folder.ails("key_file", "broken");
    folder.write("lykt.keys", "index = AAAA\n");
    folder.ails("key_file", "broken");
    std::fs::copy(Folder::new().path("lykt.keys"), folder.path("lykt.keys")).unwrap();
    folder.ails("key_fit", "broken");
    folder.settings("[keys]\ncredential = \"lykt-keys\"\n");
    folder.ails("key_file", "broken");
}

#[tokio::test]
async fn a_database_that_is_gone_half_done_newer_or_another_is_named() {
    let folder = Folder::new();
    for (statement, state) in [
        ("update _sqlx_migrations set success = false", "broken"),
        ("update _sqlx_migrations set success = true, checksum = x'00'", "broken"),
        ("insert into _sqlx_migrations values (9999, 'later', '2027-01-01', true, x'00', 0)", "broken"),
    ] {
        let folder = Folder::new();
        change(&folder, statement).await;
        folder.ails("database_version", state);
    }
    change(&folder, "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)").await;
    folder.ails("database_version", "warning");
    std::fs::remove_file(folder.path("lykt.db")).unwrap();
    folder.ails("database", "broken");
    assert!(!folder.path("lykt.db").exists(), "the doctor makes nothing");
    folder.write("lykt.db", "");
    folder.ails("database_version", "warning");
    folder.write("lykt.db", &"this is no database ".repeat(600));
    folder.ails("database", "broken");
    folder.settings("[database]\nurl = \"postgres://lykt@127.0.0.1:1/lykt\"\n");
    folder.ails("database", "broken");
}

#[test]
fn a_damaged_database_is_named() {
    let folder = Folder::new();
    let mut bytes = std::fs::read(folder.path("lykt.db")).unwrap();
    let end = bytes.len();
    bytes[4096 * 3..end].fill(0xa5);
    std::fs::write(folder.path("lykt.db"), bytes).unwrap();
    let (found, code) = folder.doctor(&[]);
    assert!(found.iter().any(|(cause, state)| cause.starts_with("database") && state == "broken"), "{found:?}");
    assert_eq!(code, 1);
}

#[tokio::test]
async fn a_database_whose_lock_somebody_holds_is_named() {
    let folder = Folder::new();
    let db = Db::open(&format!("sqlite:{}", folder.path("lykt.db").display())).await.unwrap();
    let held = db.begin().await.unwrap();
    folder.ails("database_lock", "broken");
    drop(held);
}

#[tokio::test]
async fn a_postgresql_that_could_lose_a_commit_is_named() {
    let folder = Folder::new();
    let url = crate::support::postgres::migrated().await;
    folder.settings(&format!("[database]\nurl = \"{url}\"\n[server]\nlisten = \"127.0.0.1:0\"\n"));
    // The tests' own server runs with fsync off.
    folder.ails("database_durability", "broken");
    folder.ails("database_version", "ok");
}

#[tokio::test]
async fn a_clock_that_jumped_is_named_until_it_is_confirmed() {
    let folder = Folder::new();
    let db = Db::open(&format!("sqlite:{}", folder.path("lykt.db").display())).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    meta::set(&mut tx, "clock.heartbeat", "1000").await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    folder.ails("clock", "broken");
    assert_eq!(folder.doctor(&["--confirm-clock"]).1, 0);
    folder.ails("clock", "ok");
    folder.settings("[clock]\nstart = \"2026-12-01T08:00:00\"\nday = \"10s\"\n");
    folder.ails("clock_lapses", "warning");
}

#[test]
fn a_port_that_is_taken_and_an_address_nobody_reaches_are_named() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let account = "[gateways.t]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = { file = \"t\" }\nfrom = \"+447700900001\"\n";
    folder.settings(&format!("[server]\nlisten = \"{listen}\"\n{account}"));
    folder.ails("port", "broken");
    folder.ails("public_url", "broken");
    folder.settings(&format!("[server]\nlisten = \"{listen}\"\npublic_url = \"http://lykt.example.org\"\n"));
    folder.ails("public_url", "broken");
}

#[test]
fn an_address_that_does_not_answer_is_named_when_asked_to_try() {
    let folder = Folder::new();
    let (found, _) = folder.doctor(&[]);
    assert!(!found.iter().any(|(cause, _)| cause == "public_url_answers"), "nobody is called unasked");
    folder.settings("[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"http://127.0.0.1:1\"\n[gateways.simulator]\nkind = \"simulator\"\n");
    let (found, code) = folder.doctor(&["--online"]);
    assert!(found.contains(&("public_url_answers".to_owned(), "broken".to_owned())), "{found:?}");
    assert!(found.contains(&("account_answers".to_owned(), "ok".to_owned())), "{found:?}");
    assert_eq!(code, 1);
}

#[test]
fn secrets_that_are_gone_empty_open_or_of_two_lines_are_named() {
    let folder = Folder::new();
    let account = "[server]\nlisten = \"127.0.0.1:0\"\npublic_url = \"https://lykt.example.org\"\n[gateways.t]\nkind = \"twilio\"\n\
         account_sid = \"AC1\"\nauth_token = { file = \"t.token\" }\nfrom = \"+447700900001\"\n";
    folder.settings(account);
    folder.ails("secret", "broken");
    for text in ["", " \n", "one\ntwo\n"] {
        folder.write("t.token", text);
        folder.ails("secret", "broken");
    }
    folder.write("t.token", "0123456789abcdef\n");
    folder.mode("t.token", 0o644);
    folder.ails("secret_open", "warning");
    let mail = "[mail]\nserver = \"smtp.example.org\"\nfrom = \"x@example.org\"\nto = [\"it@example.org\"]\n";
    folder.settings(&format!("{account}{mail}user = \"x\"\npassword = {{ file = \"smtp.password\" }}\n"));
    folder.ails("mail", "broken");
    folder.settings(&format!("{account}{}", mail.replace("it@example.org", "it")));
    folder.ails("settings", "broken");
    folder.settings(&account.replace("from = \"+447700900001\"\n", ""));
    folder.ails("accounts", "broken");
    folder.settings("");
    folder.ails("accounts", "warning");
}

#[test]
fn own_files_that_are_not_there_are_named() {
    let folder = Folder::new();
    folder.settings(
        "panel = { file = \"panel.txt\" }\n[campaigns]\nwords = \"words.toml\"\n\
         [backup]\nfolder = \"lykt.toml\"\n[server]\nlisten = \"127.0.0.1:0\"\n",
    );
    for (cause, state) in [("panel", "warning"), ("words", "warning"), ("backup_folder", "broken")] {
        folder.ails(cause, state);
    }
    folder.write("panel.txt", "+4790000000\n");
    folder.write("words.toml", "");
    folder.settings(
        "panel = { file = \"panel.txt\" }\n[campaigns]\nwords = \"words.toml\"\n\
         [backup]\nfolder = \"made/later\"\n[server]\nlisten = \"127.0.0.1:0\"\n",
    );
    let (found, _) = folder.doctor(&[]);
    let ill = |cause: &str| ["panel", "words", "backup_folder"].contains(&cause);
    assert!(!found.iter().any(|(cause, _)| ill(cause)), "{found:?}");
}

#[test]
fn another_databases_keys_are_no_damage_to_the_audit() {
    let folder = Folder::new();
    std::fs::copy(Folder::new().path("lykt.keys"), folder.path("lykt.keys")).unwrap();
    let (found, _) = folder.doctor(&[]);
    assert!(found.contains(&("key_fit".to_owned(), "broken".to_owned())), "{found:?}");
    assert!(!found.iter().any(|(cause, _)| cause == "audit"), "{found:?}");
}

#[test]
fn a_folder_that_is_gone_and_lists_in_clear_are_named() {
    let folder = Folder::new();
    folder.write("campaigns/vinter.toml", "title = \"x\"\n");
    folder.ails("campaign_file", "warning");
    std::fs::create_dir(folder.path("campaigns/questions")).unwrap();
    folder.write("campaigns/questions/where.toml", "[[question]]\nname = \"where\"\n");
    folder.ails("beside_file", "warning");
    folder.write("campaigns/lists/a.csv", "telefon\n");
    folder.mode("campaigns/lists/a.csv", 0o644);
    let (found, _) = folder.doctor(&[]);
    assert!(!found.iter().any(|(cause, _)| cause == "list_open"), "`lykt init` closes the folder of lists: {found:?}");
    folder.mode("campaigns/lists", 0o755);
    folder.ails("list_open", "warning");
    let file = std::fs::File::options().write(true).open(folder.path("campaigns/lists/a.csv")).unwrap();
    let age = |days: u64| file.metadata().unwrap().modified().unwrap() - Duration::from_secs(days * 86_400);
    let set = |at: SystemTime| file.set_modified(at).unwrap();
    set(age(7));
    assert!(!folder.doctor(&[]).0.iter().any(|(cause, _)| cause == "list_old"), "seven days are allowed");
    set(age(1));
    folder.ails("list_old", "warning");
    std::fs::remove_dir_all(folder.path("campaigns")).unwrap();
    folder.ails("campaigns", "broken");
}

#[tokio::test]
async fn what_waits_for_a_person_is_named() {
    let folder = Folder::new();
    for (statement, cause, state) in [
        (
            "insert into account_pause (account, reason, at) values ('simulator', 'config', 0)",
            "account_paused",
            "broken",
        ),
        ("insert into contact (id, made_at) values (x'01', 0)", "unread", "ok"),
        (
            "insert into reply (id, contact_id, account, channel, provider_id, received_at, kind, sealed) values (x'01', x'01', 'a', 'sms', '1', 1, 'other', x'00')",
            "unread",
            "warning",
        ),
        (
            "insert into hook (id, account, kind, digest, received_at, due_at, done_at, problem, sealed) values (x'01', 'a', 'inbound', x'00', 0, 0, 1, 'x', x'00')",
            "webhooks_unclear",
            "warning",
        ),
        (
            "insert into notice (id, at, subject, body, tries, not_before) values (x'01', 0, '', '', 3, 0)",
            "mail_fails",
            "warning",
        ),
        ("insert into slot values ('retention', 1)", "retention", "warning"),
        ("insert into campaign (name, state, changed_at) values ('v', 'running', 0)", "doubts", "ok"),
        (
            "insert into message (id, campaign, contact_id, plan_id, state, channel, account, variant, language, not_before, state_at, sealed) \
             values (x'02', 'v', x'01', x'01', 'in_doubt', 'sms', 'simulator', 'a', 'nb', 0, 1, x'00')",
            "doubts",
            "warning",
        ),
        ("update message set state = 'accepted'", "webhooks", "warning"),
    ] {
        change(&folder, statement).await;
        folder.ails(cause, state);
    }
}

#[tokio::test]
async fn work_of_somebody_whose_account_is_closed_is_named_until_it_is_handed_over() {
    let folder = Folder::new();
    for statement in [
        "insert into contact (id, made_at) values (x'01010101010101010101010101010101', 0)",
        "insert into app_user (id, name, folded, role, password, made_at, changed_at) \
         values (x'01010101010101010101010101010101', 'Kim', 'kim', 'staff', 'x', 0, 0)",
        "insert into app_user (id, name, folded, role, password, made_at, changed_at) \
         values (x'02020202020202020202020202020202', 'Ola', 'ola', 'staff', 'x', 0, 0)",
        "insert into task (id, kind, contact_id, state, due_at, lapses_at, attempts_left, made_at, owner) \
         values (x'01010101010101010101010101010101', 'call', x'01010101010101010101010101010101', 'open', 0, 1, 1, 0, 'Kim')",
    ] {
        change(&folder, statement).await;
    }
    let named = || folder.doctor(&[]).0.iter().any(|(cause, _)| cause == "closed_account");
    assert!(!named(), "Kim works here");
    change(&folder, "update app_user set disabled_at = 1 where name = 'Kim'").await;
    folder.ails("closed_account", "warning");
    let told = String::from_utf8(folder.run(&["doctor"], &[]).stdout).unwrap();
    assert!(told.contains("lykt tasks hand-over --from \"Kim\" --to NAME"), "{told}");
    folder.run(&["tasks", "hand-over", "--from", "Kim", "--to", "Ola"], &[]);
    assert!(!named(), "Ola has it now");
}

#[test]
fn a_terminal_without_unicode_gets_plain_marks_and_a_word_beside_each() {
    let folder = Folder::new();
    let output = folder.run(&["doctor"], &[("LANG", "C")]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.is_ascii() && told.contains(" + ok ") && told.contains(" ! warning "), "{told}");
    assert!(told.contains("locale is C"), "{told}");
}

#[test]
fn a_shorter_cooldown_than_the_practices_is_never_silent() {
    let folder = Folder::new();
    let listens = "[server]\nlisten = \"127.0.0.1:0\"\n[gateways.simulator]\nkind = \"simulator\"\n";
    folder.settings(&format!("cooldown = \"1 hour\"\n{listens}"));
    folder.ails("cooldown", "warning");
    folder.settings(&format!("cooldown = \"7 months\"\n{listens}"));
    assert!(!folder.doctor(&[]).0.iter().any(|(cause, _)| cause == "cooldown"));
}
