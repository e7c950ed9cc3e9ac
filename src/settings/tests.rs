//! The settings as people write them: what is taken, what is refused, and where a mistake is said to be.

use super::environment::Variable;
use super::*;

const TOLD: &str = "\
[organisation]
name = \"Lykten\"
region = \"NO\"

[sending]
under_way = 3

[gateways.oslo]
kind = \"twilio\"
account_sid = \"AC1\"
auth_token = { file = \"t\" }
from = \"+4790000000\"
rate = \"1/s\"
may_open = \"anyone\"

[gateways.simulator]
kind = \"simulator\"
rate = \"5/s\"
";

fn parse(text: &str) -> Result<Settings, String> {
    under(text, &[])
}

fn under(text: &str, variables: &[(&str, &str)]) -> Result<Settings, String> {
    read(text, variables).map_err(|error| error.to_string())
}

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let variable = |(name, value): &(&str, &str)| Variable { name: (*name).into(), value: (*value).into() };
    let variables = variables.iter().map(variable).collect();
    let told = Told { path: "lykt.toml".into(), text: text.to_owned(), variables };
    Settings::of(&told, "/srv".into()).map_err(|mistake| told.placed(mistake))
}

/// What is said of settings with a mistake, in both languages.
fn said(text: &str) -> Text {
    read(text, &[]).expect_err(text).text()
}

/// What is said of a change in a file without mistakes.
fn changed(line: &str, by: &str) -> String {
    assert!(TOLD.contains(line), "{line}");
    parse(&TOLD.replacen(line, by, 1)).expect_err(by)
}

#[test]
fn the_defaults_stand_alone() {
    let settings = parse("").unwrap();
    assert_eq!(settings.organisation.languages, ["nb", "en"]);
    assert_eq!(settings.database_url(), "sqlite:/srv/lykt.db");
}

#[test]
fn a_session_lasts_neither_no_time_nor_for_ever() {
    let role = crate::domain::role::Role::Coordinator;
    let settings = parse("[access]\nidle.coordinator = \"45 minutes\"").unwrap();
    assert_eq!(settings.access.idle.of(role), 45 * 60_000);
    assert_eq!(settings.access.longest.of(role), 12 * 3_600_000, "the rest is as it was");
    for wrong in ["0 minutes", "2 minutes", "1 month", "soon"] {
        assert!(parse(&format!("[access]\nlongest.peer = \"{wrong}\"")).is_err(), "{wrong}");
    }
    assert!(parse("[access]\nidle.boss = \"8 hours\"").is_err());
}

#[test]
fn a_mistake_is_told_with_its_own_line() {
    assert!(parse(TOLD).is_ok());
    for (line, by, at) in [
        ("region = \"NO\"", "regoin = \"NO\"", 3),
        ("region = \"NO\"", "region = \"Norway\"", 3),
        ("region = \"NO\"", "languages = []", 3),
        ("region = \"NO\"", "languages = \"nb\"", 3),
        ("region = \"NO\"", "languages = [\"nb\", \"xx\"]", 3),
        ("region = \"NO\"", "cooldown = \"0 days\"", 3),
        ("under_way", "undr_way", 6),
        ("= 3", "= \"many\"", 6),
        ("[gateways.oslo]", "[gateways.\"a b\"]", 8),
        ("kind = \"twilio\"", "kind = \"twillio\"", 9),
        ("kind = \"twilio\"", "", 8),
        ("account_sid = \"AC1\"", "", 8),
        ("auth_token = { file = \"t\" }", "auth_token = \"t\"", 11),
        ("rate = \"1/s\"", "rate = \"0/s\"", 13),
        ("\"anyone\"", "\"nobody\"", 14),
        ("may_open = \"anyone\"", "base_url = \"http://example.org\"", 14),
        ("rate = \"5/s\"", "rat = \"5/s\"", 18),
        ("rate = \"5/s\"", "[databse]\nurl = \"sqlite:x\"", 18),
        ("rate = \"5/s\"", "[database]\nurl = \"mysql://x\"", 19),
        ("rate = \"5/s\"", "[database]\nurl = \"\"", 19),
        ("rate = \"5/s\"", "[database]\nurl = \"sqlite:lykt.db?mode=rwc\"", 19),
        ("rate = \"5/s\"", "[server]\npublic_url = \"lykt.example.org\"", 19),
        ("rate = \"5/s\"", "[server]\npublic_url = \"https://lykt.example.org/?a\"", 19),
        ("rate = \"5/s\"", "[keys]\nfile = \"\"", 19),
        ("rate = \"5/s\"", "[clock]\nstart = \"2026-12-01T08:00:00\"\nday = \"10s\"", 18),
        ("rate = \"5/s\"", "rate = \"5/s", 18),
    ] {
        assert!(TOLD.contains(line), "{line}");
        let Text { en, nb } = said(&TOLD.replacen(line, by, 1));
        let (en, nb) =
            (en.strip_prefix(&format!("lykt.toml, line {at}: ")), nb.strip_prefix(&format!("lykt.toml, linje {at}: ")));
        assert!(en.is_some() && nb.is_some() && en != nb, "{by}: {en:?}, {nb:?}");
    }
}

#[test]
fn a_value_that_makes_no_sense_is_told_with_what_to_write() {
    for (section, line, write) in [
        ("organisation", "panel = { file = \"\" }", "no path is named"),
        ("organisation", "panel = { file = \"panel.txt\", understood = -1 }", "from 0 to 10000"),
        ("backup", "keep = 0", "from 1 to 65535"),
        ("backup", "folder = \"\"", "no path is named"),
        ("witness", "file = \"\"", "no path is named"),
        ("campaigns", "second_person = true", "a number of people"),
        ("campaigns", "second_person = -1", "a number of people"),
        ("tasks", "lease = \"0 minutes\"", "\"30 minutes\""),
        ("tasks", "lease = \"30 weeks\"", "\"30 minutes\""),
        ("tasks", "calls_a_day = 2.5", "from 0 to 1000000"),
        ("retention", "keep = \"0 months\"", "\"12 months\""),
        ("retention", "audit = \"0 days\"", "\"12 months\""),
        ("sending", "under_way = 0", "from 1 to 10000"),
        ("sending", "under_way = 32000", "from 1 to 10000"),
        ("sending", "answer_within = \"15ms\"", "\"15 seconds\""),
        ("sending", "answer_within = \"15 minutes\"", "\"15 seconds\""),
        ("sending", "pause_at_failures = 101", "from 0 to 100"),
        ("sending", "pause_at_noes = -1", "from 0 to 100"),
        ("sending", "pause_at_noes = 0.2", "from 0 to 100"),
        ("sending", "pause_at_noes = \"20 %\"", "from 0 to 100"),
        ("clock", "day = \"2000 minutes\"\nstart = 2026-12-01T08:00:00", "\"10 seconds\""),
        ("alarm", "mail = [\"foo\"]", "`foo` is no address"),
        ("alarm", "mail = \"foo\"", "a list in brackets"),
        ("alarm", "mail = [\"it@example.org\"]", "[mail]"),
    ] {
        let Text { en, nb } = said(&format!("[{section}]\n{line}\n"));
        assert!(en.starts_with("lykt.toml, line 2: ") && en.contains(write), "{line}: {en}");
        assert!(nb.starts_with("lykt.toml, linje 2: ") && nb[20..] != en[19..], "{line}: {nb}");
    }
}

#[test]
fn a_value_at_its_edge_is_taken() {
    for (section, line) in [
        ("backup", "keep = 1"),
        ("campaigns", "second_person = 0"),
        ("tasks", "lease = \"31 days\"\ncalls_a_day = 0"),
        ("retention", "keep = \"1 day\"\ntexts = \"0 days\"\nwebhooks = \"0 days\""),
        ("sending", "under_way = 10000\nanswer_within = \"4 minutes\""),
        ("sending", "pause_at_failures = 0\npause_at_noes = 100"),
        ("sending", "pause_at_noes = 20.0"),
    ] {
        let read = parse(&format!("[{section}]\n{line}\n"));
        assert!(read.is_ok(), "{line}: {read:?}");
    }
}

#[test]
fn mail_that_cannot_work_is_told_with_its_line() {
    let mail =
        "[mail]\nserver = \"smtp.example.org\"\nfrom = \"x@example.org\"\nto = [\"it@example.org\"]\nport = 25\n";
    assert!(parse(&format!("{mail}[alarm]\nmail = [\"it@example.org\"]\n")).is_ok());
    for (line, by, at, write) in [
        ("\"smtp.example.org\"", "\"\"", 2, "like \"smtp.example.org\""),
        ("\"x@example.org\"", "\"Lykten\"", 3, "`Lykten` is no address"),
        ("[\"it@example.org\"]", "[\"it\"]", 4, "`it` is no address"),
        ("[\"it@example.org\"]", "[]", 4, "mail.to is empty"),
        ("port = 25", "port = 0", 5, "from 1 to 65535"),
        ("port = 25", "security = \"none\"", 5, "\"starttls\" or \"tls\""),
        ("port = 25", "user = \"lykt\"", 5, "belong together"),
    ] {
        let Text { en, nb } = said(&mail.replacen(line, by, 1));
        assert!(en.starts_with(&format!("lykt.toml, line {at}: ")) && en.contains(write), "{by}: {en}");
        assert!(nb.starts_with(&format!("lykt.toml, linje {at}: ")), "{by}: {nb}");
    }
}

#[test]
fn a_mistake_is_told_with_what_to_write_instead() {
    let told = changed("region = \"NO\"", "region = \"Norway\"");
    assert_eq!(told, "lykt.toml, line 3: `Norway` is no region; write two letters like \"NO\"");
    assert!(changed("kind = \"twilio\"", "kind = \"pigeon\"").contains("write twilio, whatsapp_cloud"));
    assert!(changed("\"anyone\"", "\"nobody\"").ends_with("`nobody`, expected `anyone` or `opted_in`"));
    assert!(changed("under_way = 3", "way_in = \"no\"").contains("expected one of `never`, `outside`, `always`"));
    assert!(changed("account_sid = \"AC1\"", "").contains("`account_sid` is missing"));
    let told = said(&TOLD.replace("region = \"NO\"", "region = \"Norway\"")).nb;
    assert_eq!(told, "lykt.toml, linje 3: `Norway` er ingen region; skriv to bokstaver som \"NO\"");
}

#[test]
fn an_account_with_a_dot_in_its_name_keeps_its_line() {
    let text = TOLD.replace("gateways.oslo", "gateways.\"oslo.a\"");
    assert!(parse(&text).is_ok());
    let told = parse(&text.replace("rate = \"1/s\"", "rate = \"0/s\"")).unwrap_err();
    assert!(told.starts_with("lykt.toml, line 13: "), "{told}");
}

#[test]
fn a_date_may_stand_without_quotes() {
    assert!(parse("[clock]\nstart = 2026-12-01T08:00:00\nday = \"10s\"").is_ok());
}

fn token(by: &str) -> String {
    changed("auth_token = { file = \"t\" }", by)
}

#[test]
fn a_secret_in_clear_is_refused() {
    let literal = token("auth_token = \"hunter2\"");
    assert!(literal.contains("file") && !literal.contains("hunter2"), "{literal}");
    assert!(!token("auth_token = 12345").contains("12345"));
    assert!(!token("auth_token = { value = \"hunter2\" }").contains("hunter2"));
}

#[test]
fn a_secret_stands_in_one_place() {
    assert!(token("auth_token = { file = \"t\", credential = \"t\" }").contains("not both"));
    assert!(token("").contains("`auth_token` is missing"));
}

#[test]
fn a_credential_is_a_name_and_leads_nowhere_else() {
    for name in ["../x", "a/b", "..", ""] {
        let told = token(&format!("auth_token = {{ credential = \"{name}\" }}"));
        assert!(told.contains("line 11") && told.contains("name alone"), "{name}: {told}");
        let told = parse(&format!("[keys]\ncredential = \"{name}\"")).unwrap_err();
        assert!(told.contains("line 2") && told.contains("name alone"), "{name}: {told}");
    }
}

#[test]
fn the_keys_stand_in_one_place() {
    assert!(parse("[keys]\ncredential = \"lykt-keys\"").is_ok());
    let told = parse("[keys]\nfile = \"other.keys\"\ncredential = \"lykt-keys\"").unwrap_err();
    assert!(told.starts_with("lykt.toml, line 3: ") && told.contains("not both"), "{told}");
}

#[test]
fn a_mark_that_notepad_puts_before_a_secret_is_no_part_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.token");
    std::fs::write(&file, "\u{feff}0123456789abcdef\r\n").unwrap();
    let secret = Secret::File(file).read(&parse("").unwrap()).unwrap();
    assert_eq!(secret.expose(), "0123456789abcdef");
}

#[test]
fn no_language_is_told_with_what_to_write_in_the_environment() {
    let told = under(TOLD, &[("LYKT__ORGANISATION__LANGUAGES", "")]).unwrap_err();
    assert!(told.ends_with("in the environment: en,nb"), "{told}");
    assert!(under(TOLD, &[("LYKT__ORGANISATION__LANGUAGES", "en,nb")]).is_ok());
}

#[test]
fn an_address_of_the_database_is_not_repeated_for_it_may_have_a_password() {
    assert!(!parse("[database]\nurl = \"mysql://lykt:hunter2@host\"").unwrap_err().contains("hunter2"));
}

#[test]
fn a_lapsing_clock_is_refused_beside_a_real_account() {
    let clock = "[clock]\nstart = \"2026-12-01T08:00:00\"\nday = \"10s\"\n[gateways.t]\nkind = \"twilio\"\naccount_sid = \"AC1\"\nauth_token = { file = \"t\" }\nfrom = \"+4790000000\"\n";
    assert!(parse(clock).unwrap_err().contains("beyond this machine"));
    assert!(parse(&format!("{clock}base_url = \"http://127.0.0.1:9\"")).is_ok());
}

#[test]
fn the_environment_overrides_the_file_whatever_kind_of_value_it_is() {
    let settings = under(
        TOLD,
        &[
            ("LYKT__ACCESS__SECOND_PERSON", "export"),
            ("LYKT__CAMPAIGNS__SECOND_PERSON", "50"),
            ("LYKT__GATEWAYS__OSLO__AUTH_TOKEN__FILE", "other"),
            ("LYKT__GATEWAYS__OSLO__FROM", "+4790000001"),
            ("LYKT__GATEWAYS__OSLO__RECEIPT_OF_NO", "true"),
            ("LYKT__ORGANISATION__LANGUAGES", "en, nb,se"),
            ("LYKT__ORGANISATION__NAME", "123"),
            ("LYKT__SENDING__UNDER_WAY", "7"),
        ],
    );
    let settings = settings.unwrap();
    assert_eq!(settings.organisation.languages, ["en", "nb", "se"]);
    assert_eq!((settings.organisation.name.as_str(), settings.sending.under_way), ("123", 7));
    assert_eq!(settings.access.second_person.len(), 1);
    assert_eq!(settings.campaigns.second_person, SecondPerson::Above(50));
    let Account::Twilio(oslo) = &settings.gateways["oslo"] else { panic!("{:?}", settings.gateways) };
    assert_eq!(oslo.auth_token, Secret::File("other".into()));
    assert_eq!(oslo.from.as_deref(), Some("+4790000001"), "a number keeps its plus");
    assert!(oslo.receipt_of_no);
}

#[test]
fn an_account_is_overridden_by_a_name_that_a_shell_can_export() {
    let text = TOLD.replace("gateways.oslo", "gateways.Twilio-oslo");
    let settings = under(&text, &[("LYKT__GATEWAYS__TWILIO_OSLO__RATE", "9/s")]).unwrap();
    assert_eq!(settings.gateways["Twilio-oslo"].rate(), "9/s".parse().unwrap());
    assert_eq!(settings.gateways.len(), 2);
}

#[test]
fn a_variable_that_may_mean_two_accounts_is_refused() {
    let text = format!("{TOLD}[gateways.a-b]\nkind = \"simulator\"\n[gateways.a_b]\nkind = \"simulator\"\n");
    let told = under(&text, &[("LYKT__GATEWAYS__A_B__RATE", "9/s")]).unwrap_err();
    assert_eq!(told, "LYKT__GATEWAYS__A_B__RATE in the environment: this may mean a-b or a_b; write it in the file");
    let told = read(&text, &[("LYKT__GATEWAYS__A_B__RATE", "9/s")]).unwrap_err().text().nb;
    assert_eq!(told, "LYKT__GATEWAYS__A_B__RATE i miljøet: dette kan bety a-b eller a_b; skriv det i filen");
    let settings = under(&text, &[("LYKT__GATEWAYS__a_b__RATE", "9/s")]).unwrap();
    assert_eq!(settings.gateways["a_b"].rate(), "9/s".parse().unwrap(), "as it is written, it means one");
}

#[test]
fn a_mistake_in_the_environment_is_told_with_the_variable() {
    for (name, value) in [
        ("LYKT__ORGANISATION__REGION", "Norway"),
        ("LYKT__ORGANISATION__REGOIN", "NO"),
        ("LYKT__ORGANISATION__LANGUAGES", ""),
        ("LYKT__ORGANISATION__LANGUAGES", "nb,xx"),
        ("LYKT__SENDING__UNDER_WAY", "many"),
        ("LYKT__GATEWAYS__OSLO__RATE", "0/s"),
        ("LYKT__GATEWAYS__OSLO__BASE_URL", "http://example.org"),
        ("LYKT__GATEWAYS__NEW__KIND", "twilio"),
        ("LYKT__GATEWAYS__a.b__KIND", "twilio"),
        ("LYKT__GATEWAYS__A B__KIND", "twilio"),
        ("LYKT__SERVER", "1"),
        ("LYKT__FOO", "1"),
    ] {
        let told = under(TOLD, &[("LYKT__ORGANISATION__NAME", "x"), (name, value)]).unwrap_err();
        assert!(told.starts_with(&format!("{name} in the environment: ")), "{name}: {told}");
    }
}

#[test]
fn a_mistake_of_the_file_beside_a_variable_is_told_with_its_line() {
    let text = TOLD.replace("account_sid = \"AC1\"", "");
    let told = under(&text, &[("LYKT__GATEWAYS__OSLO__RATE", "2/s")]).unwrap_err();
    assert!(told.starts_with("lykt.toml, line 8: "), "{told}");
}
