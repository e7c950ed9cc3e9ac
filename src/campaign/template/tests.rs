//! What a text with variables becomes, and what is refused.

use proptest::prelude::*;

use super::*;

fn values(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn render(text: &str, given: &[(&str, &str)]) -> Result<String, TemplateError> {
    Template::new(text)?.render(&values(given))
}

#[test]
fn a_text_is_filled_in_as_it_stands() {
    let text = "Hei! Dette er {{ sender }} fra <Lykten> & co i {{region}}.\n";
    let template = Template::new(text).unwrap();
    assert_eq!(template.variables().iter().collect::<Vec<_>>(), ["region", "sender"]);
    let filled = template.render(&values(&[("sender", "Åse & \"Bo\""), ("region", "Bærum"), ("more", "x")]));
    assert_eq!(filled.unwrap(), "Hei! Dette er Åse & \"Bo\" fra <Lykten> & co i Bærum.");
}

#[test]
fn a_value_that_is_missing_or_blank_is_named_and_never_written_as_nothing() {
    for given in
        [&[][..], &[("region", "")], &[("region", " \t\u{a0}\u{3164}\u{2800}")], &[("region", "\u{200b}\u{202e}")]]
    {
        assert_eq!(render("i {{ region }}!", given), Err(TemplateError::Missing("region".to_owned())), "{given:?}");
    }
    let given = [("a", "x")];
    for text in [
        "{{ a ~ zz }}",
        "{{ zz|upper }}",
        "{% for x in zz %}{% endfor %}{{ zz }}",
        "{{ [a, zz] ~ a }}",
        "{{ [zz]|string|upper }}",
    ] {
        assert_eq!(render(text, &given), Err(TemplateError::Missing("zz".to_owned())), "{text}");
    }
}

#[test]
fn undefined_is_a_word_that_people_may_write() {
    assert_eq!(render("Undefined {{ a }}", &[("a", "x")]).unwrap(), "Undefined x");
    assert_eq!(render("{{ a }}", &[("a", "undefined")]).unwrap(), "undefined");
    let fails = Err(TemplateError::Fails { why: Why::NoText, range: None });
    assert_eq!(render("{{ [a.b]|string }}", &[("a", "x")]), fails);
}

#[test]
fn a_text_may_ask_whether_a_value_is_there() {
    let text = "Hei{% if name %} {{ name }}{% endif %}, {{ region|default('her') }}";
    assert_eq!(render(text, &[]).unwrap(), "Hei, her");
    assert_eq!(render(text, &[("name", "Bo"), ("region", "Oslo")]).unwrap(), "Hei Bo, Oslo");
}

#[test]
fn a_service_is_named_by_its_kind_and_one_that_is_not_near_is_missing() {
    let text = "Test: {{ services.sti_test }}. {{ sender }}";
    let template = Template::new(text).unwrap();
    assert_eq!(template.variables().iter().collect::<Vec<_>>(), ["sender", "services.sti_test"]);
    let near = [("sender", "Ida"), ("services.sti_test", "Olafia"), ("services", "lege")];
    assert_eq!(render(text, &near).unwrap(), "Test: Olafia. Ida");
    let missing = Err(TemplateError::Missing("services.sti_test".to_owned()));
    assert_eq!(render(text, &[("sender", "Ida"), ("services", "lege")]), missing);
    let asks = "{% if services.sti_test %}Test: {{ services.sti_test }}. {% endif %}{{ sender }}";
    assert_eq!(render(asks, &near).unwrap(), "Test: Olafia. Ida");
    assert_eq!(render(asks, &[("sender", "Ida")]).unwrap(), "Ida");
    assert_eq!(render("{{ services }}: {{ services.sti_test }}", &near).unwrap(), "lege: Olafia");
    assert_eq!(render("{{ services|upper }}", &near).unwrap(), "LEGE");
    let general = Err(TemplateError::Missing("services".to_owned()));
    assert_eq!(render("{{ services }}", &[("services.sti_test", "Olafia")]), general);
}

#[test]
fn what_is_no_text_never_reaches_a_message() {
    for text in
        ["{{ none }}", "{{ true }}", "{{ [zz] }}", "{{ [1] }}", "{{ {'a': 1} }}", "{{ zz is defined }}", "{{ range }}"]
    {
        let wrong = render(text, &[]).unwrap_err();
        assert!(matches!(wrong, TemplateError::Fails { why: Why::NoText, .. }), "{text}: {wrong:?}");
    }
    assert_eq!(render("{{ 3 }} {{ 2.5 }}", &[]).unwrap(), "3 2.5");
}

#[test]
fn a_text_that_never_ends_is_stopped() {
    let endless = [
        "{% for i in range(100000) %}x{% endfor %}",
        "{% for i in range(1000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ 'x' * 1000000000 }}",
        "{% set x = 'xxxxxxxxxx' * 1000 %}{% set y = x * 1000 %}{{ y * 1000 }}",
    ];
    for text in endless {
        let wrong = render(text, &[]).unwrap_err();
        assert!(matches!(wrong, TemplateError::Endless(_)), "{text}: {wrong:?}");
    }
    assert_eq!(render("{{ 'x' * 1700 }}", &[]), Err(TemplateError::TooLong { most: MOST_SENT }));
}

#[test]
fn what_cannot_be_done_says_where() {
    let fails = |why, range| Err(TemplateError::Fails { why, range: Some(range) });
    assert_eq!(render("ab {{ 1/0 }}", &[]), fails(Why::Arithmetic, 6..9));
    assert_eq!(render("{% if 1 % 0 %}x{% endif %}", &[]), fails(Why::Arithmetic, 6..11));
    assert_eq!(render("{{ 'a'|shout }}", &[]), fails(Why::Unknown, 7..12));
    assert_eq!(render("{% include 'b' %}", &[]), fails(Why::OtherFile, 3..14));
    let Err(TemplateError::Syntax { range, .. }) = render("hei {{ a }", &[]) else { panic!("was taken") };
    assert_eq!(range, Some(9..10));
    let broken = "{% for in range(100000) %}x{% endfor %}";
    // The engine's own word for where this is ends before it begins.
    assert_eq!(render(broken, &[]), Err(TemplateError::Fails { why: Why::Arithmetic, range: None }));
}

#[test]
fn what_the_engine_falls_over_is_refused() {
    for text in ["{{ '%((å'|format(a) }}", "{{ '%s'|format(a) }}"] {
        let refused = Template::new(text).and_then(|template| template.render(&values(&[("a", "x")])));
        assert!(matches!(refused, Err(TemplateError::Fails { .. } | TemplateError::Syntax { .. })), "{refused:?}");
    }
}

#[test]
fn nothing_is_imported() {
    for text in ["a {% import 'a' as b() %}", "a {%- from 'a' import b as c() %}", "a {%import'a' as b%}"] {
        let wrong = render(text, &[]).unwrap_err();
        assert!(matches!(wrong, TemplateError::Fails { why: Why::OtherFile, .. }), "{text}: {wrong:?}");
    }
    assert_eq!(render("{% if a %}from {{ a }}{% endif %}", &[("a", "x")]).unwrap(), "from x");
}

#[test]
fn a_text_made_to_break_the_parser_is_refused() {
    let nested = |open: &str, close: &str| format!("{{{{ {}1{} }}}}", open.repeat(1200), close.repeat(1200));
    let mut texts = vec![
        nested("(", ")"),
        nested("[", "]"),
        nested("-", ""),
        nested("not ", ""),
        nested("1+", ""),
        nested("", "|e"),
        nested("", ".a"),
        "{% if 1 %}".repeat(390),
        "{{".repeat(2000),
        "{%".repeat(2000),
        "{#".repeat(2000),
        "{% for a in b %}".repeat(190),
        format!("{{{{ '}}}}' ~ {}1/0 }}}}", "1+".repeat(1900)),
        format!("{{{{ '}}}}' ~ zz{} }}}}", ".a".repeat(1900)),
    ];
    texts.push("x".repeat(MOST_WRITTEN + 1));
    for text in texts {
        assert!(render(&text, &[("b", "1")]).is_err(), "{}", &text[..40]);
    }
}

#[test]
fn a_value_brings_no_lines_and_no_marks_into_a_message() {
    let given = [("name", " Bo\r\n\u{202e}STOP\u{2066}\u{7}\u{2028}x\u{0}\t\u{feff}y {{ 1/0 }} ")];
    assert_eq!(render("Hei\n{{ name }}!", &given).unwrap(), "Hei\nBo STOP x y {{ 1/0 }}!");
    assert_eq!(render("{{ name }}", &[("name", "می\u{200c}خواهم")]).unwrap(), "می\u{200c}خواهم");
}

#[test]
fn a_template_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Template::new("Hei {{ sender }}").unwrap());
}

#[test]
fn a_template_does_not_print_its_words() {
    let shown = format!("{:?}", Template::new("secret {{ sender }}").unwrap());
    assert!(!shown.contains("secret"), "{shown}");
}

proptest! {
    #[test]
    fn no_text_makes_it_stumble(text in "[{}%#|()'a-c0-9/*+ \\n.\\[\\]~-]{0,120}", value in ".{0,20}") {
        let _ = render(&text, &[("a", &value), ("b", "1")]);
    }

    #[test]
    fn a_value_stays_on_its_line(value in any::<String>()) {
        if let Ok(text) = render("<{{ a }}>", &[("a", &value)]) {
            let turned = text.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}'));
            prop_assert!(!turned);
        }
    }
}
