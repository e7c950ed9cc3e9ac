//! What the linter says, and of what it keeps still.

use super::*;

fn house() -> House {
    House {
        words: Words::ours(),
        organisation: Some("Lykten".to_owned()),
        about_url: Some("https://lykten.example/om".to_owned()),
        senders: BTreeMap::new(),
        values: BTreeMap::from([
            ("sender".to_owned(), Values::always("Amanda")),
            ("organisation".to_owned(), Values::always("Lykten")),
        ]),
    }
}

fn codes(text: &str, language: &str) -> Vec<&'static str> {
    lint(text, Some(language), &house()).iter().map(|finding| finding.code).collect()
}

/// The one finding of a code, with the words it is about.
fn one(text: &str, language: &str, code: &str) -> (Finding, String) {
    let mut found = lint(text, Some(language), &house());
    found.retain(|finding| finding.code == code);
    assert_eq!(found.len(), 1, "{code} in {text}");
    let finding = found.remove(0);
    let words = text[finding.at.clone()].to_owned();
    (finding, words)
}

#[test]
fn a_good_message_gives_no_finding_in_any_language() {
    for (language, text) in [
        (
            "nb",
            "Hei! Dette er {{ sender }} fra {{ organisation }}. Gratis HPV-vaksine, lege og advokat. Svar STOPP for å slippe flere.",
        ),
        (
            "nn",
            "Hei! Dette er {{ sender }} frå {{ organisation }}. Gratis lege og advokat for deg. Svar STOPP for å sleppe fleire.",
        ),
        (
            "en",
            "Hi! This is {{ sender }} from {{ organisation }}. Free HPV vaccine, doctor and lawyer. Reply STOP to opt out.",
        ),
        (
            "sv",
            "Hej! Det är {{ sender }} från {{ organisation }}. Gratis läkare, advokat och vaccin. Svara STOPP för att slippa fler.",
        ),
        (
            "da",
            "Hej! Det er {{ sender }} fra {{ organisation }}. Gratis læge og advokat. Svar STOP for at slippe flere.",
        ),
        (
            "de",
            "Hallo! Hier ist {{ sender }} von {{ organisation }}. Kostenlos: Arzt, Anwalt und Impfung. Antworte STOPP für keine weiteren.",
        ),
        (
            "fr",
            "Bonjour ! Je suis {{ sender }} de {{ organisation }}. Médecin, avocat et vaccin gratuits. Répondez STOP pour ne plus rien recevoir.",
        ),
        (
            "es",
            "¡Hola! Soy {{ sender }} de {{ organisation }}. Vacuna, médico y abogado gratis. Responde STOP para darte de baja.",
        ),
        (
            "pl",
            "Cześć! Tu {{ sender }} z {{ organisation }}. Bezpłatny lekarz i prawnik. Odpisz STOP, aby nie dostawać więcej.",
        ),
        (
            "ro",
            "Bună! Sunt {{ sender }} de la {{ organisation }}. Vaccin HPV, medic și avocat gratuit. Răspunde STOP ca să nu mai primești.",
        ),
        (
            "ru",
            "Здравствуйте! Это {{ sender }}, {{ organisation }}. Бесплатно: врач, юрист, прививка. Ответьте СТОП, чтобы не получать.",
        ),
        (
            "th",
            "สวัสดีค่ะ ฉันชื่อ {{ sender }} จาก {{ organisation }} มีวัคซีน HPV แพทย์ และทนายความฟรี ตอบ STOP หากไม่ต้องการรับข้อความอีก",
        ),
    ] {
        assert_eq!(codes(text, language), [""; 0], "{text}");
    }
}

#[test]
fn the_one_sign_that_doubles_a_message_is_named_with_its_look_alike() {
    let rest = "Gratis lege og advokat hos Lykten, hver dag. Svar STOPP for å slippe flere.";
    for (sign, plain) in [("’", "'"), ("“", "\""), ("–", "-"), ("…", "..."), ("\u{a0}", " "), ("\u{200b}", "")]
    {
        let (finding, words) = one(&format!("Hei{sign} {rest}"), "nb", "needs_ucs2");
        assert_eq!((words.as_str(), finding.suggestion.as_deref()), (sign, Some(plain)));
        assert_eq!(finding.weight, Weight::Warning);
        assert!(finding.text.en.contains("2 parts") && finding.text.nb.contains("1 del"), "{}", finding.text.en);
    }
    let (finding, words) = one(&format!("Hei 👍🏽 {rest}"), "nb", "needs_ucs2");
    assert_eq!((words.as_str(), finding.suggestion), ("👍🏽", None));
    let (finding, _) = one("Hei… Gratis lege hos Lykten. Svar STOPP.", "nb", "needs_ucs2");
    assert_eq!(finding.weight, Weight::Note, "it still fits into one part");
    let (_, words) =
        one("Soy Ana de Lykten. Vacuna, abogado gratis. Responde STOP para no recibir más.", "es", "needs_ucs2");
    assert_eq!(words, "á");
}

#[test]
fn a_sign_costs_nothing_where_the_language_needs_its_own_letters() {
    assert_eq!(codes("Cześć! Tu „Lykten”. Bezpłatny lekarz i prawnik. Odpisz STOP.", "pl"), [""; 0]);
}

#[test]
fn a_letter_of_another_alphabet_inside_a_word_is_named() {
    let (finding, words) = one("Hei! Lykten har gratis l\u{435}ge. Svar STOPP.", "nb", "look_alike");
    assert_eq!((words.as_str(), finding.suggestion.as_deref()), ("l\u{435}ge", Some("lege")));
    assert!(!codes("Hei! Lykten har gratis l\u{435}ge. Svar STOPP.", "nb").contains(&"needs_ucs2"));
    assert_eq!(codes("Здравствуйте! Lykten: врач бесплатно для вас. Ответьте СТОП.", "ru"), [""; 0]);
}

#[test]
fn a_variable_between_single_braces_is_named_where_it_stands() {
    let (finding, words) = one("Hei! Dette er { sender } fra Lykten, gratis lege. Svar STOPP.", "nb", "single_braces");
    assert_eq!((finding.weight, words.as_str()), (Weight::Warning, "{ sender }"));
    assert_eq!(finding.suggestion.as_deref(), Some("{{ sender }}"));
    assert!(finding.text.en.starts_with("`{ sender }` goes out"), "{}", finding.text.en);
    for text in ["{{ sender }}: gratis lege. Svar STOPP.", "Lykten {x} :{ gratis lege. Svar STOPP.", "{{ sender }"] {
        assert!(!codes(text, "nb").contains(&"single_braces"), "{text}");
    }
}

#[test]
fn a_sign_that_counts_double_is_named_where_it_costs_a_part() {
    let text = format!("Lykten: gratis lege{} og te[1]. Svar STOPP.", " og mat".repeat(17));
    assert_eq!(crate::domain::parts::parts(&text).units, 162);
    let (finding, words) = one(&text, "nb", "counts_double");
    assert_eq!((words.as_str(), finding.suggestion.as_deref()), ("[", Some("(")));
    assert!(!codes("Lykten: gratis lege [1]. Svar STOPP.", "nb").contains(&"counts_double"));
}

#[test]
fn a_part_just_begun_says_how_many_characters_are_too_many() {
    let text = format!("Lykten: gratis lege{}. Svar STOPP.", " og mat".repeat(19));
    let over = crate::domain::parts::parts(&text).units - 160;
    let (finding, _) = one(&text, "nb", "just_over");
    assert!(finding.help.en.contains(&format!("{over} characters fewer make it 1 part")), "{}", finding.help.en);
    assert_eq!(codes(&format!("Lykten: gratis lege{}. Svar STOPP.", " og mat".repeat(25)), "nb"), ["long_sentence"]);
    let long = format!("Lykten: gratis lege{} Svar STOPP.", " og mat.".repeat(40));
    assert_eq!(codes(&long, "nb"), ["too_long"]);
}

#[test]
fn a_length_that_differs_from_person_to_person_says_so() {
    let mut house = house();
    let values = Values { shortest: "Oslo".to_owned(), longest: "Nordre Follo".to_owned() };
    house.values.insert("region".to_owned(), values);
    let text = format!("Lykten: gratis lege i {{{{ region }}}}{}. Svar STOPP.", " og mat".repeat(17));
    let found = lint(&text, Some("nb"), &house);
    let vary = found.iter().find(|finding| finding.code == "parts_vary").expect("it varies");
    assert!(vary.text.en.contains("2 parts") && vary.text.en.contains("1 part"), "{}", vary.text.en);
}

#[test]
fn an_offer_that_comes_late_is_named() {
    let text = "Hei, dette er {{ sender }} fra {{ organisation }}. Vi er en tjeneste i kommunen som har holdt på lenge. \
                Gratis lege. Svar STOPP.";
    let (finding, words) = one(text, "nb", "key_word_late");
    assert_eq!(words, "Gratis");
    let before = text.replace("{{ sender }}", "Amanda").replace("{{ organisation }}", "Lykten").find("Gratis").unwrap();
    assert!(finding.text.en.contains(&format!("after {} characters", before - "å".len() / 2)), "{}", finding.text.en);
    assert!(codes("Lykten er en fin tjeneste i byen. Svar STOPP.", "nb").contains(&"no_key_word"));
}

#[test]
fn a_word_that_excludes_gets_a_gentler_one() {
    for (language, text, word, gentler) in [
        ("nb", "Lykten: gratis lege for narkomane. Svar STOPP.", "narkomane", "person som bruker rusmidler"),
        ("en", "Lykten: free doctor for drug addicts. Reply STOP.", "addicts", "people who use drugs"),
        ("sv", "Lykten: gratis läkare för missbrukare. Svara STOPP.", "missbrukare", "person som använder droger"),
        ("de", "Lykten: kostenlos Arzt für Zigeuner. Antworte STOPP.", "Zigeuner", "Sinti und Roma"),
        (
            "ru",
            "Lykten: бесплатно врач для наркоманов. Ответьте СТОП.",
            "наркоманов",
            "люди, которые употребляют наркотики",
        ),
        ("th", "Lykten หมอฟรี สำหรับโสเภณี ตอบ STOP", "โสเภณี", "พนักงานบริการ"),
        ("nb", "Lykten: gratis lege, kun for kvinner. Svar STOPP.", "kun for kvinner", "alle"),
        (
            "en",
            "Lykten: free doctor, bring your ID. Reply STOP.",
            "bring your ID",
            "come as you are, if nobody must show who they are",
        ),
    ] {
        let (finding, words) = one(text, language, "excluding_word");
        assert_eq!((words.as_str(), finding.suggestion.as_deref()), (word, Some(gentler)));
        assert!(!codes(text, language).contains(&"reveals"), "{text}: said once");
    }
}

#[test]
fn no_gentler_word_is_offered_that_tells_on_a_locked_screen() {
    for (language, text, gentler) in [
        ("nb", "Lykten: gratis lege for prostituerte. Svar STOPP.", "person som selger sex"),
        ("en", "Lykten: free doctor for prostitutes. Reply STOP.", "people who sell sex"),
        ("de", "Lykten: kostenlos Arzt für Illegale. Antworte STOPP.", "Menschen ohne Papiere"),
    ] {
        let (finding, _) = one(text, language, "excluding_word");
        assert!(finding.suggestion.is_none() && finding.help.nb.starts_with("skriv «du»"), "{}", finding.help.nb);
        assert!(codes(&text.replace(&text[finding.at], gentler), language).contains(&"reveals"), "it would tell");
    }
    let late = format!("Lykten: gratis lege.{} For prostituerte. Svar STOPP.", " Vi har også mat.".repeat(9));
    let (finding, _) = one(&late, "nb", "excluding_word");
    assert_eq!(finding.suggestion.as_deref(), Some("person som selger sex"), "nobody else sees it there");
}

#[test]
fn a_word_that_reveals_the_service_on_a_locked_screen_is_named() {
    for (language, text, word) in [
        ("nb", "Lykten: gratis hiv-test og lege. Svar STOPP.", "hiv"),
        ("en", "Lykten: free doctor for escorts. Reply STOP.", "escorts"),
        ("es", "Lykten: médico gratis, trabajo sexual. Responde STOP.", "trabajo sexual"),
        ("th", "Lykten หมอฟรี ตรวจเอชไอวี ตอบ STOP", "เอชไอวี"),
        ("nb", "Selger du sex? Gratis lege hos Lykten. Svar STOPP.", "sex"),
        ("sv", "Säljer du sex? Gratis läkare hos Lykten. Svara STOPP.", "Säljer du sex"),
        ("de", "Verkaufst du Sex? Arzt kostenlos. Lykten. Antworte STOP.", "Sex"),
        ("en", "Lykten: free doctor for people who trade sex. Reply STOP.", "sex"),
        ("ru", "Продаёшь секс? Бесплатный врач. Lykten. Ответьте СТОП.", "секс"),
        ("fi", "Myytkö seksiä? Ilmainen lääkäri. Lykten. Vastaa STOP.", "seksiä"),
    ] {
        assert_eq!(one(text, language, "reveals").1, word);
    }
    let days = "Lykten: gratis läkare sex dagar i veckan, klockan sex. Svara STOPP.";
    assert!(!codes(days, "sv").contains(&"reveals"), "a number");
    let late = format!("Lykten: gratis lege.{} Hiv-test. Svar STOPP.", " Vi har også mat.".repeat(9));
    assert!(!codes(&late, "nb").contains(&"reveals"), "what is not on the locked screen reveals nothing");
}

#[test]
fn who_writes_and_how_to_say_no_must_stand_there() {
    assert_eq!(codes("Gratis lege i Oslo. Svar STOPP.", "nb"), ["no_organisation"]);
    assert_eq!(codes("Gratis lege hos LYKTEN.", "nb"), ["no_way_out"]);
    assert_eq!(codes("Gratis lege hos Lykten. Ring 21 00 00 00.", "nb"), [""; 0]);
}

#[test]
fn short_links_handles_and_somebodys_own_number_are_named() {
    let with = |end: &str| codes(&format!("Gratis lege hos Lykten. {end} Svar STOPP."), "nb");
    assert_eq!(with("Se bit.ly/3xyz."), ["link_shortener"]);
    assert_eq!(with("Se https://tinyurl.com/3xyz"), ["link_shortener"]);
    assert_eq!(with("Se lykten.example/om"), [""; 0]);
    assert_eq!(with("Skriv til @amanda_95."), ["personal_handle"]);
    assert_eq!(with("Skriv til post@lykten.example."), [""; 0]);
    assert_eq!(with("Ring +46 70 174 06 05."), ["personal_number"]);
}

#[test]
fn a_page_about_us_is_found_whatever_stands_around_it() {
    let about = Some("https://www.lykten.example/om");
    for text in ["Se lykten.example/om.", "(https://lykten.example)", "www.lykten.example/x?y"] {
        assert!(links_to(text, about), "{text}");
    }
    assert!(!links_to("Se andre.example", about) && !links_to("Hei.Svar STOPP", None));
    assert!(links_to("Se andre.no", None));
}

#[test]
fn shouting_is_named_and_what_people_are_to_answer_is_none() {
    let with = |start: &str| codes(&format!("{start} lege hos Lykten. Svar STOPP."), "nb");
    assert_eq!(with("GRATIS"), ["shouting"]);
    assert_eq!(with("Gratis!!! Hei,"), ["shouting"]);
    assert_eq!(with("Gratis HPV-test, NAV, SMS,"), [""; 0]);
    assert_eq!(codes("Free doctor. Lykten. Reply HEALTH or STOP.", "en"), [""; 0]);
}

#[test]
fn a_text_that_is_hard_to_read_says_how_hard() {
    let text = "Lykten tilbyr gratis helsehjelpskonsultasjoner, rettighetsveiledning, vaksinasjonsprogrammer, \
                rådgivningssamtaler og oppfølgingstilbud innenfor spesialisthelsetjenesten gjennom samarbeidspartnere. STOPP.";
    let (finding, _) = one(text, "nb", "hard_to_read");
    assert_eq!(finding.weight, Weight::Warning);
    assert!(finding.text.en.contains("very hard to read (LIX ") && finding.text.nb.contains("svært vanskelig"));
}

#[test]
fn a_text_under_the_wrong_language_is_named() {
    let english = "Hi! This is Amanda from Lykten. We have a free doctor for you. Reply STOP to opt out.";
    assert!(codes(english, "th").contains(&"other_language") && codes(english, "nb").contains(&"other_language"));
    assert!(!codes(english, "en").contains(&"other_language") && !codes(english, "en-GB").contains(&"other_language"));
    assert!(!codes("Hej! Det er gratis læge for dig fra Lykten. Svar STOP.", "nb").contains(&"other_language"));
}

#[test]
fn nothing_breaks_the_linter() {
    for text in
        ["", " ", "{{", "}}{%", "{{ a }}{{", "\u{301}", "!!", "@", "\"", "👍", "ก", "{{ sender }}", "a\0b", "\u{feff}х"]
    {
        for language in [None, Some("nb"), Some("th"), Some("xx")] {
            let found = lint(text, language, &house());
            assert!(found.iter().all(|finding| text.get(finding.at.clone()).is_some()), "{text:?}");
        }
    }
}
