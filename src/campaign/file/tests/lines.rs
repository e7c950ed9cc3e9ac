//! Every mistake alone: what is said of it, and on which line.

use super::folder::{Folder, change, found};

#[test]
fn each_mistake_is_found_on_its_line_and_alone() {
    let folder = Folder::new();
    let huge = format!("text.en = \"STOP {}\"", "a".repeat(5_000));
    let deep = format!("goal = {}", "[".repeat(20_000));
    let dotted = format!("{}a = 1", "a.".repeat(20_000));
    let cases: &[(&str, &str, &str, usize)] = &[
        // Syntax.
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = Gratis HPV-vaksine", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = “Gratis”", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = \"Gratis", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  =", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  : \"Gratis\"", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = \"Gratis \\qx\"", "syntax", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title  = \"Gratis\" i Oslo", "syntax", 1),
        ("days = [\"mon\", \"tue\"]", "days = [\"mon\" \"tue\"]", "syntax", 25),
        ("days = [\"mon\", \"tue\"]", "days = [\"mon\", \"tue\"", "syntax", 25),
        ("days = [\"mon\", \"tue\"]", "days = [\n\"mon\"\n\"tue\",\n]", "syntax", 27),
        ("gateway  = { sms = \"oslo\" }", "gateway = { sms = \"oslo\"", "syntax", 14),
        ("rate = \"20/min\"", "rate = \"\"\"20/min", "syntax", 29),
        ("goal   = \"200 personer\"", "goal   = true-ish", "syntax", 2),
        ("rate = \"20/min\"", "rate = 20/min", "syntax", 29),
        ("[window]", "[window", "syntax", 24),
        ("Passer det å snakke litt?\n\"\"\"", "Passer det å snakke litt?", "syntax", 39),
        ("goal   = \"200 personer\"", "goal = \"x\"\ngoal = \"y\"", "duplicate_key", 3),
        ("sender   = \"Amanda\"", "channels = [\"sms\"]\nsender = \"Amanda\"", "duplicate_key", 15),
        ("[[follow_up]]", "[window]\n[[follow_up]]", "duplicate_key", 31),
        ("goal   = \"200 personer\"", &deep, "too_deep", 2),
        ("goal   = \"200 personer\"", &dotted, "too_deep", 2),
        ("200 personer", "200 \0 personer", "nul", 2),
        ("200 personer", "200 \\u0007 personer", "control_character", 2),
        // Keys.
        ("goal   = \"200 personer\"", "gaol = \"200 personer\"", "unknown_key", 2),
        ("title  = ", "tittel = ", "unknown_key", 1),
        ("basis  = ", "behandlingsgrunnlag = ", "unknown_key", 3),
        ("sender   = ", "avsender = ", "unknown_key", 15),
        ("until = 18", "til = 18", "unknown_key", 27),
        ("sender   = \"Amanda\"", "sender = \"Amanda\"\nrate = \"1/s\"", "unknown_key", 16),
        ("weight = 2", "wieght = 2", "unknown_key", 20),
        ("attempts = 2", "attempts = 2\nzebra = 1", "unknown_key", 37),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "", "missing_key", 2),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title = \"  \"", "empty", 1),
        ("title  = \"Gratis HPV-vaksine i Oslo\"", "title = 7", "wrong_type", 1),
        ("starts = 2026-12-01", "starts = \"2026-12-01\"", "wrong_type", 4),
        ("starts = 2026-12-01", "starts = 2026-12-01T10:00:00Z", "wrong_type", 4),
        ("basis  = \"public task\"", "", "no_basis", 1),
        ("basis  = \"public task\"", "basis = \" \"", "no_basis", 3),
        ("goal   = \"200 personer\"", "", "no_goal", 1),
        // Dates.
        ("starts = 2026-12-01", "starts = 2026-02-30", "bad_date", 4),
        ("starts = 2026-12-01", "starts = 2026-13-01", "bad_date", 4),
        ("starts = 2026-12-01", "starts = 2026-12-1", "bad_date", 4),
        ("starts = 2026-12-01", "starts = 01.12.2026", "syntax", 4),
        ("ends   = 2027-01-31", "ends = 2026-11-30", "ends_before_start", 5),
        ("starts = 2026-12-01\nends   = 2027-01-31", "starts = 2025-12-01\nends = 2026-01-31", "ended", 5),
        // The list.
        ("lists/oslo.csv", "lists/osol.csv", "list_missing", 8),
        ("lists/oslo.csv", "../../etc/passwd", "list_outside", 8),
        ("lists/oslo.csv", "/etc/passwd", "list_outside", 8),
        ("lists/oslo.csv", "lists/folder.csv", "list_not_a_file", 8),
        ("lists/oslo.csv", "lists/empty.csv", "list_unreadable", 8),
        ("lists/oslo.csv", "lists/damaged.csv", "list_unreadable", 8),
        ("lists/oslo.csv", "lists/torn.csv", "list_unreadable", 8),
        ("list    = \"lists/oslo.csv\"\n", "", "missing_key", 7),
        ("region = \"sted\"", "region = \"by\"", "unknown_column", 9),
        ("region = \"sted\"", "region = \"sted\", sender = \"navn\"", "bad_variable", 9),
        ("region = \"sted\"", "region = \"sted\", \"first name\" = \"navn\"", "bad_variable", 9),
        ("phone = \"telefon\", ", "", "no_phone", 9),
        ("where   = { region", "where   = { city", "unknown_filter", 10),
        ("where   = { region = [\"Oslo\", \"Bærum\"] }", "where = { region = [] }", "empty", 10),
        ("where   = { region = [\"Oslo\", \"Bærum\"] }", "where = { region = [1] }", "wrong_type", 10),
        // The message.
        ("channels = [\"sms\"]", "channels = [\"sms\", \"whatsapp\"]", "no_gateway", 14),
        ("channels = [\"sms\"]", "channels = [\"sms\", \"manual\"]", "people_alone", 13),
        ("channels = [\"sms\"]", "channels = [\"sms\", \"call\"]", "calls_alone", 13),
        ("sender   = \"Amanda\"", "sender   = \"Amanda\"\nscript.nb = \"Hei\"", "only_calls", 16),
        ("channels = [\"sms\"]", "channels = [\"smss\"]", "unknown_channel", 13),
        ("channels = [\"sms\"]", "channels = []", "no_channel", 13),
        ("channels = [\"sms\"]", "channels = [1]", "wrong_type", 13),
        ("channels = [\"sms\"]", "channels = \"sms\"", "wrong_type", 13),
        ("gateway  = { sms = \"oslo\" }", "gateway = { sms = \"bergen\" }", "unknown_gateway", 14),
        ("gateway  = { sms = \"oslo\" }", "gateway = \"oslo\"", "wrong_type", 14),
        ("gateway  = { sms = \"oslo\" }", "gateway = {}", "no_gateway", 14),
        ("sender   = \"Amanda\"\n", "", "no_sender", 12),
        ("sender   = \"Amanda\"", "sender = \"\"", "no_sender", 15),
        ("media/pictograms.png", "media/none.png", "image_missing", 16),
        ("media/pictograms.png", "../secret.csv", "image_outside", 16),
        ("media/pictograms.png", "media", "image_not_a_file", 16),
        ("media/pictograms.png", "media/text.png", "not_an_image", 16),
        ("media/pictograms.png", "media/large.png", "image_too_large", 16),
        // Variants and texts.
        ("[[message.variant]]", "[message.variant]", "wrong_type", 18),
        (
            "[window]",
            "[[message.variant]]\nname = \"personal\"\ntext.nb = \"Svar STOPP\"\n[window]",
            "duplicate_variant",
            25,
        ),
        ("weight = 2", "weight = 0", "bad_weight", 20),
        ("weight = 2", "weight = -1", "bad_weight", 20),
        ("weight = 2", "weight = 99999999999999999999", "bad_weight", 20),
        ("weight = 2", "weight = 1.5", "wrong_type", 20),
        (
            "text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"",
            "text.xx = \"Reply STOP\"",
            "unknown_language",
            22,
        ),
        (
            "text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"",
            "text.no = \"Svar STOPP\"",
            "duplicate_language",
            22,
        ),
        ("text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"", "text.en = \" \"", "empty_text", 22),
        ("text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"", "text.en = 3", "wrong_type", 22),
        ("text.en = \"Hi from {{ region }}! Reply STOP to opt out.\"", &huge, "text_too_long", 22),
        ("Hi from {{ region }}!", "Hi from {{ city }}!", "unknown_variable", 22),
        ("Hi from {{ region }}!", "Hi from {{ phone }}!", "address_in_text", 22),
        ("Hi from {{ region }}!", "Hi from {{ region !", "template_syntax", 22),
        ("Hi from {{ region }}!", "{{ 1/0 }}", "template_fails", 22),
        ("Hi from {{ region }}!", "{% if region == 'Oslo' %}{{ 1/0 }}{% endif %}", "template_fails", 22),
        ("Hi from {{ region }}!", "{{ region|shout }}", "template_fails", 22),
        ("Hi from {{ region }}!", "{% include 'x' %}", "template_fails", 22),
        ("Hi from {{ region }}!", "{% for i in range(99999) %}{% endfor %}", "template_endless", 22),
        ("Hi from {{ region }}!", "{{ 'x' * 2000 }}", "text_too_long", 22),
        ("Reply STOP to opt out.", "Come and see us.", "no_way_out", 22),
        ("jeg heter {{ sender }}", "jeg heter {{ name }}", "unknown_variable", 38),
        ("Passer det å snakke litt?", "Passer {{ det", "template_syntax", 39),
        // The window.
        ("days = [\"mon\", \"tue\"]", "days = [\"mon\", \"tirsdag\"]", "bad_day", 25),
        ("days = [\"mon\", \"tue\"]", "days = []", "bad_day", 25),
        ("days = [\"mon\", \"tue\"]", "days = [1]", "wrong_type", 25),
        ("from = \"11:00\"", "from = \"elleve\"", "bad_time", 26),
        ("from = \"11:00\"", "from = 25:00:00", "bad_time", 26),
        ("from = \"11:00\"", "from = 11:00:30", "bad_time", 26),
        ("from = \"11:00\"", "from = 11:00:00.5", "bad_time", 26),
        ("from = \"11:00\"", "from = \"11:00:30\"", "bad_time", 26),
        ("from = \"11:00\"", "from = 11.00", "wrong_type", 26),
        ("from = \"11:00\"", "from = \"18:00\"", "bad_window", 27),
        ("from = \"11:00\"", "from = \"17:55\"", "bad_window", 27),
        ("holidays = \"NO\"", "holidays = \"Norge\"", "bad_holidays", 28),
        ("holidays = \"NO\"", "", "no_holidays", 24),
        ("rate = \"20/min\"", "rate = \"fast\"", "bad_rate", 29),
        ("rate = \"20/min\"", "rate = \"0/min\"", "bad_rate", 29),
        // Follow-ups.
        ("[[follow_up]]", "[follow_up]", "wrong_type", 31),
        ("kind = \"call\"", "kind = \"sms\"", "bad_kind", 32),
        ("kind = \"call\"", "", "missing_key", 31),
        ("after = \"3 working days\"", "after = \"3 dager\"", "bad_span", 33),
        ("within = \"7 days\"", "within = \"0 days\"", "bad_span", 34),
        ("within = \"7 days\"", "within = 7", "wrong_type", 34),
        ("unless = [\"replied\", \"visited\"]", "unless = [\"replied\", \"vistied\"]", "bad_unless", 35),
        ("attempts = 2", "attempts = 0", "bad_attempts", 36),
        ("attempts = 2", "attempts = 100", "bad_attempts", 36),
    ];
    assert!(cases.len() >= 50);
    let mut wrong = Vec::new();
    for (from, to, code, line) in cases {
        let checked = folder.check(&change(from, to));
        let warns = ["no_goal", "ended", "no_way_out", "no_holidays"].contains(code);
        if found(&checked) != [(*code, *line)] || checked.definition.is_some() != warns {
            wrong.push(format!("{to:.60}\n    expected {code} {line}, found {:?}", found(&checked)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
