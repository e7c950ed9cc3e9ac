//! How a command ends that was given what it cannot use: the person's own mistake is said once, with its place.

use crate::figures::folder::Folder;

#[test]
fn a_mistake_in_the_settings_ends_a_command_as_wrong_use_with_its_line() {
    let folder = Folder::new();
    let account = "[gateways.t]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = { file = \"t.token\" }\nfrom = \"+447700900001\"\n";
    folder.write("t.token", "0123456789abcdef\n");
    folder.write("empty", "");
    for (line, by, said) in [
        ("AC1", "XX", "line 6: gateway `t`: `account_sid` is not an account id"),
        ("from = \"+447700900001\"\n", "", "line 4: gateway `t`: `from` is missing"),
        ("+447700900001", "Lykten i Oslo", "line 8: gateway `t`: `from` is no sender"),
        ("t.token", "gone", "line 7: gateway `t`: the secret"),
        ("t.token", "empty", "line 7: gateway `t`: the secret"),
        ("{ file = \"t.token\" }", "{ credential = \"t\" }", "line 7: gateway `t`: the credential t"),
        ("[gateways.t]", "[database]\nurl = \"\"\n[gateways.t]", "line 5: this is no address of a database"),
        ("[gateways.t]", "[database]\nurl = \"postgres://[\"\n[gateways.t]", "line 5: the database address"),
        ("[gateways.t]", "[keys]\nfile = \"\"\n[gateways.t]", "line 5: name the key file"),
    ] {
        assert!(account.contains(line), "{line}");
        folder.settings(&account.replace(line, by));
        let output = folder.run(&["gateway", "test"], &[]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && told.contains(said), "{said} in {told} {:?}", output.status);
    }
    folder.settings("[database]\nurl = \"postgres://lykt@127.0.0.1:1/lykt\"\n");
    assert_eq!(folder.run(&["gateway", "test"], &[]).status.code(), Some(1), "what is only away is no mistake");
}

#[test]
fn a_check_beside_settings_with_a_mistake_is_no_clean_bill() {
    let folder = Folder::new();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/campaigns/vinter.toml");
    folder.settings("cooldown = \"0 days\"\n");
    let output = folder.run(&["check", example], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("line 4: "), "{told} {:?}", output.status);
    folder.settings("[gateways.twilio-oslo]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = { file = \"t\" }\nfrom = \"Lykten i Oslo\"\n");
    let output = folder.run(&["check", example], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("line 8: gateway `twilio-oslo`: `from` is no sender"));
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(!found.contains("takes no answers"), "what an account has wrong is none of the campaign's: {found}");
    folder.settings("[gateways.twilio-oslo]\nkind = \"simulator\"\n");
    assert_eq!(folder.run(&["check", example], &[]).status.code(), Some(0));
}

#[test]
fn a_list_given_to_check_is_called_a_list_and_a_program_is_told_by_file() {
    let folder = Folder::new();
    folder.write("lists.CSV", "telefon\n+447700900001\n");
    let output = folder.run(&["check", "lists.CSV"], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{told} {:?}", output.status);
    assert!(told.contains("lykt list inspect lists.CSV") && told.lines().count() == 1, "{told}");
    let output = folder.run(&["--json", "check", "lists.CSV"], &[]);
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.code() == Some(2) && line["ok"] == false && line["file"] == "lists.CSV", "{line}");
    assert!(!line["mistakes"].as_array().unwrap().is_empty(), "{line}");
}

#[test]
fn what_cannot_be_printed_is_a_fault_and_no_crash() {
    let folder = Folder::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = folder.command(&["gateway", "list"]).stdout(full).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && told.starts_with("lykt: failed printing to stdout: "), "{told}");
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn targets_that_cannot_be_printed_are_a_fault_and_a_closed_pipe_is_none() {
    let folder = Folder::new();
    folder.write("campaigns/lists/a.csv", "telefon\n+46701740605\n");
    folder.write(
        "campaigns/vinter.toml",
        "title = \"Vinter\"\nbasis = \"DPIA\"\nstarts = 2026-12-01\nends = 2099-01-31\n[targets]\nlist = \"lists/a.csv\"\n\
         columns = { phone = \"telefon\" }\n[message]\nchannels = [\"sms\"]\ngateway = { sms = \"simulator\" }\n\
         sender = \"Amanda\"\n[[message.variant]]\nname = \"personal\"\ntext.nb = \"Hei! Dette er {{ sender }}. Svar STOPP.\"\n\
         [window]\ndays = [\"mon\"]\nfrom = \"11:00\"\nuntil = \"18:00\"\nrate = \"20/min\"\n",
    );
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = folder.command(&["plan", "vinter", "--targets"]).stdout(full).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && told.contains("lykt: failed printing to stdout: "), "{told}");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = folder.command(&["plan", "vinter", "--targets"]).stdout(writer).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(0) && !told.contains("failed printing"), "{told}");
}

#[test]
fn the_daemon_does_not_start_with_a_mistake_and_says_its_line() {
    let folder = Folder::new();
    folder.settings("[mail]\nserver = \"smtp.example.org\"\nfrom = \"x@example.org\"\nto = []\n[server]\nlisten = \"127.0.0.1:0\"\n");
    let output = folder.run(&["serve"], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("line 7: mail.to is empty"), "{told}");
}

#[test]
fn a_mistake_in_the_settings_is_told_in_the_language_of_who_asks() {
    let folder = Folder::new();
    folder.settings("[sending]\npause_at_noes = 101\n");
    let norwegian = "linje 5: `101` passer ikke her; skriv et heltall fra 0 til 100";
    let english = "line 5: `101` does not fit here; write a whole number from 0 to 100";
    folder.write("campaigns/vinter.toml", "title = \"Vinter\"\n");
    for command in [&["serve"][..], &["doctor"], &["check", "campaigns/vinter.toml"], &["status"]] {
        for (args, env, said) in [
            (&[][..], ("LANG", "nb_NO.UTF-8"), norwegian),
            (&[], ("LC_ALL", "nb_NO.UTF-8"), norwegian),
            (&["--lang", "nb"], ("LANG", "C"), norwegian),
            (&["--lang", "en"], ("LANG", "nb_NO.UTF-8"), english),
            (&[], ("LANG", "sv_SE.UTF-8"), english),
        ] {
            let output = folder.run(&[command, args].concat(), &[env]);
            let told = [output.stdout, output.stderr].concat();
            let told = String::from_utf8(told).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(said), "{command:?} {env:?}: {told}");
        }
    }
}

#[test]
fn a_mistake_in_the_environment_is_told_with_its_variable() {
    let folder = Folder::new();
    let output = folder.run(&["gateway", "list"], &[("LYKT__GATEWAYS__SIMULATOR__RATE", "0/s")]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("LYKT__GATEWAYS__SIMULATOR__RATE in the environment: "), "{told}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_folder_may_have_signs_in_its_name_that_mean_something_in_addresses() {
    let folder = Folder::new();
    for name in ["a%20b", "a?b=c", "a#b"] {
        let output = folder.run(&["init", name], &[]);
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(folder.path(name).join("lykt.db").is_file(), "{name}");
        let config = folder.path(name).join("lykt.toml");
        folder.shown(&["--config", config.to_str().unwrap(), "inbox", "list"]);
    }
    assert!(!folder.path("a b").exists() && !folder.path("a").exists());
}

#[test]
fn a_folder_that_has_an_installation_is_left_alone() {
    let folder = Folder::new();
    let keys = std::fs::read(folder.path("lykt.keys")).unwrap();
    for (lang, said) in [("en", "exists already"), ("nb", "finnes fra før")] {
        let output = folder.run(&["init", ".", "--lang", lang], &[]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && told.contains(said), "{told}");
    }
    assert_eq!(std::fs::read(folder.path("lykt.keys")).unwrap(), keys);
}

#[test]
fn a_backup_that_is_not_there_is_wrong_use_and_said_once() {
    let folder = Folder::new();
    let output = folder.run(&["restore", "nope.lyktbackup"], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told.trim_end(), "there is no backup nope.lyktbackup");
    std::fs::create_dir(folder.path("folder")).unwrap();
    let told = String::from_utf8(folder.run(&["restore", "folder"], &[]).stderr).unwrap();
    assert_eq!(told.matches("Is a directory").count(), 1, "{told}");
}

#[test]
fn a_key_that_is_replaced_is_told_as_json() {
    let folder = Folder::new();
    let json = |args: &[&str]| -> serde_json::Value {
        let output = folder.run(args, &[]);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{args:?}: {output:?}"))
    };
    let waits = json(&["keys", "rotate", "--next", "--json"]);
    assert_eq!((&waits["version"], &waits["use"]), (&2.into(), &"waits".into()), "{waits}");
    let seals = json(&["keys", "rotate", "--json"]);
    assert_eq!((&seals["version"], &seals["use"]), (&2.into(), &"seals".into()), "{seals}");
    let finds = json(&["keys", "rotate", "--index", "--json"]);
    assert_eq!((&finds["version"], &finds["use"]), (&2.into(), &"finds".into()), "{finds}");
    assert!(finds["file"].as_str().unwrap().ends_with("lykt.keys"), "{finds}");
}

#[test]
fn a_slip_of_the_pen_is_wrong_use_whatever_the_command() {
    let folder = Folder::new();
    for command in ["plan", "approve", "status", "cancel", "report"] {
        let output = folder.run(&[command, "nosuch", "--people", "1"][..if command == "approve" { 4 } else { 2 }], &[]);
        assert_eq!(output.status.code(), Some(2), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let output = folder.run(&["gateway", "list", "--lang", "xx"], &[]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && told.contains("write en or nb"), "{told}");
}
