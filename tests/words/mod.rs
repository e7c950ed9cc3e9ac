//! Words and the editor, from outside: the linter, the schema, completions and manual pages, as their user meets them.

mod neutral;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// A campaign without mistakes; `TEXT` is what it says.
const CAMPAIGN: &str = r#"title = "Vinter"
goal = "200"
basis = "public task"
starts = 2026-12-01
ends = 2027-01-31
[targets]
list = "lists/a.csv"
columns = { phone = "telefon", region = "sted" }
[message]
channels = ["sms"]
gateway = { sms = "oslo" }
sender = "Amanda"
[[message.variant]]
name = "personal"
text.nb = "TEXT"
[window]
from = "11:00"
until = "18:00"
holidays = "NO"
"#;

/// Runs the program in a folder, with a text on its standard input.
fn lykt(folder: &Path, args: &[&str], input: &str) -> Output {
    lykt_under("C", folder, args, input)
}

/// The same under another locale.
fn lykt_under(locale: &str, folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lykt"))
        .args(args)
        .current_dir(folder)
        .env_remove("LC_ALL")
        .env_remove("LC_CTYPE")
        .env("LANG", locale)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A folder with a campaign that says this, and perhaps settings.
fn campaign(text: &str, settings: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir_all(path.join("campaigns/lists")).unwrap();
    std::fs::write(path.join("campaigns/vinter.toml"), CAMPAIGN.replace("TEXT", text)).unwrap();
    std::fs::write(path.join("campaigns/lists/a.csv"), "telefon;sted\n+44 7700 900101;Oslo\n+44 7700 900102;Bærum\n")
        .unwrap();
    if let Some(settings) = settings {
        std::fs::write(path.join("lykt.toml"), settings).unwrap();
    }
    folder
}

fn codes(output: &Output, list: &str) -> Vec<String> {
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    value[list].as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_warning_has_its_line_and_leaves_the_exit_code_at_nothing() {
    let folder = campaign("Hei! {{ sender }} fra Lykten, gratis lege i {{ region }}… Svar STOPP.", None);
    let checked = lykt(folder.path(), &["check", "campaigns/vinter.toml"], "");
    let shown = out(&checked);
    assert_eq!(checked.status.code(), Some(0), "{shown}");
    assert!(shown.contains("note: … U+2026") && shown.contains("vinter.toml:15:"), "{shown}");
    assert!(
        shown.contains("= what to do: write ...") && shown.ends_with("0 mistakes, 0 warnings, 1 note\n"),
        "{shown}"
    );
    let json = lykt(folder.path(), &["check", "--json", "campaigns/vinter.toml"], "");
    assert_eq!(codes(&json, "mistakes"), ["needs_ucs2"]);
    let norwegian = out(&lykt(folder.path(), &["--lang", "nb", "check", "campaigns/vinter.toml"], ""));
    assert!(norwegian.contains("merknad: … U+2026") && norwegian.ends_with("1 merknad\n"), "{norwegian}");
}

#[test]
fn the_texts_of_a_campaign_are_shown_as_a_phone_will() {
    let folder = campaign("Hei! {{ sender }} fra Lykten, gratis lege i {{ region }}. Svar STOPP.", None);
    let shown = out(&lykt(folder.path(), &["check", "--texts", "campaigns/vinter.toml"], ""));
    assert!(shown.contains("personal, nb\n  +- part 1 of 1\n  | Hei! Amanda fra Lykten"), "{shown}");
    assert!(shown.contains("Bærum") && !shown.contains("{{"), "with the longest value of the list: {shown}");
}

#[test]
fn a_terminal_without_unicode_is_drawn_on_in_ascii() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Hi! Amanda from Lykten. Reply STOP.";
    let shown = |locale| out(&lykt_under(locale, folder.path(), &["message", "inspect"], text));
    assert!(shown("C").is_ascii() && shown("C").contains("+- part 1 of 1"), "{}", shown("C"));
    assert!(shown("en_GB.UTF-8").contains("╭─ part 1 of 1"));
}

#[test]
fn an_installation_knows_its_name_its_page_and_its_own_words() {
    let settings = "[organisation]\nname = \"Lykten\"\nabout_url = \"https://lykten.example/om\"\n\
                    [campaigns]\nwords = \"words.toml\"\n";
    let folder = campaign("Hei! {{ sender }} her. Gratis yoga i Lyktehuset. Svar STOPP.", Some(settings));
    let own = "[nb]\noffer = \"yoga\"\nreveals = \"lyktehuset\"\nremove = \"gratis\"\n";
    std::fs::write(folder.path().join("words.toml"), own).unwrap();
    let found = codes(&lykt(folder.path(), &["check", "--json", "campaigns/vinter.toml"], ""), "mistakes");
    for code in ["no_organisation", "no_about_url", "reveals"] {
        assert!(found.contains(&code.to_owned()), "{code}: {found:?}");
    }
    std::fs::write(folder.path().join("words.toml"), "[nb]\noffers = 1\n").unwrap();
    let broken = lykt(folder.path(), &["check", "campaigns/vinter.toml"], "");
    let why = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert!(why.contains("words.toml") && why.contains("offers"), "{why}");
}

#[test]
fn a_text_is_inspected_without_an_installation() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Hei! Dette er Amanda. Gratis lege for narkomane… SVAR NÅ!!! bit.ly/x";
    let json = lykt(folder.path(), &["message", "inspect", "--json"], text);
    let value: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&value["encoding"], &value["parts"]), (&"ucs2".into(), &1.into()));
    let found = codes(&json, "warnings");
    for code in ["needs_ucs2", "excluding_word", "shouting", "link_shortener"] {
        assert!(found.contains(&code.to_owned()), "{code}: {found:?}");
    }
    let word = value["warnings"].as_array().unwrap().iter().find(|item| item["code"] == "excluding_word").unwrap();
    assert_eq!((&word["at"], &word["suggestion"]), (&39.into(), &"person som bruker rusmidler".into()));
    let shown = out(&lykt(folder.path(), &["message", "inspect"], &text.repeat(4)));
    assert!(shown.lines().all(|line| line.width() <= 80) && !shown.contains('\u{1b}'), "{shown}");
    let wrong = lykt(folder.path(), &["message", "inspect", "--language", "klingonsk"], text);
    assert_eq!(wrong.status.code(), Some(2));
}

#[test]
fn a_good_text_is_left_alone_and_its_readability_told() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Hei! Dette er Amanda fra Lykten. Gratis HPV-vaksine, lege og advokat. Svar STOPP for å slippe flere.";
    let json = out(&lykt(folder.path(), &["message", "inspect", "--json"], text));
    assert_eq!(json, "{\"encoding\":\"gsm7\",\"units\":100,\"parts\":1,\"warnings\":[]}\n");
    let shown = out(&lykt(folder.path(), &["message", "inspect"], text));
    assert!(shown.ends_with("gsm7, 100 units, 1 part; very easy to read (LIX 15)\n"), "{shown}");
}

#[test]
fn the_schema_is_printed_anywhere_and_laid_beside_the_campaigns_of_a_new_installation() {
    let folder = tempfile::tempdir().unwrap();
    let printed = out(&lykt(folder.path(), &["schema"], ""));
    let schema: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(lykt(folder.path(), &["init", "house"], "").status.success());
    let laid = std::fs::read_to_string(folder.path().join("house/campaigns/campaign.schema.json")).unwrap();
    assert_eq!(laid, printed);
    let editor = std::fs::read_to_string(folder.path().join("house/.taplo.toml")).unwrap();
    assert!(editor.parse::<toml::Table>().is_ok() && editor.contains("campaign.schema.json"));
    for files in ["routines", "services", "platforms", "questions"] {
        let schema: Value = serde_json::from_str(&out(&lykt(folder.path(), &["schema", files], ""))).unwrap();
        assert_eq!(schema["title"], format!("Lykt: {files}"));
    }
    assert_eq!(lykt(folder.path(), &["schema", "lists"], "").status.code(), Some(2));
}

#[test]
fn every_shell_gets_completions_and_every_command_a_page() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = out(&lykt(folder.path(), &["completions", shell], ""));
        assert!(script.contains("message") && script.contains("doctor") && script.contains("schema"), "{shell}");
    }
    assert_eq!(lykt(folder.path(), &["completions", "cmd.exe"], "").status.code(), Some(2));
    let first = out(&lykt(folder.path(), &["man"], ""));
    assert!(first.contains(".TH lykt 1"), "{first}");
    let told = out(&lykt(folder.path(), &["man", "man1"], ""));
    let pages = folder.path().join("man1").read_dir().unwrap().count();
    assert!(told.contains(&format!("{pages} pages")) && pages > 30, "{told}");
    assert!(folder.path().join("man1/lykt-message-inspect.1").is_file());
}
