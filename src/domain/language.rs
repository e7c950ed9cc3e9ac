//! Which of a message's languages a person gets: reads the name of a language as people write it, and chooses.
//!
//! Pure; must not know where a row or a text came from.

use std::collections::BTreeMap;

/// The campaign asks for the person's own language, and has it not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not written in the person's language")]
pub struct NoLanguage;

/// Names in lists: the code, then how people write it (English, Norwegian, the language itself, three-letter codes, and
/// codes of countries that stand for it). Folded: lower case.
const NAMES: &[(&str, &[&str])] = &[
    ("nb", &["no", "nor", "nob", "norsk", "norwegian", "bokmål", "bokmal", "bokmaal", "norsk bokmål"]),
    ("nn", &["nno", "nynorsk", "norsk nynorsk", "new norwegian"]),
    ("en", &["eng", "english", "engelsk", "gb", "us"]),
    ("th", &["tha", "thai", "thailandsk", "ไทย", "ภาษาไทย"]),
    ("ro", &["ron", "rum", "romanian", "rumensk", "română", "romana", "moldovan", "moldovsk"]),
    ("es", &["spa", "spanish", "spansk", "español", "espanol", "castellano"]),
    ("pt", &["por", "portuguese", "portugisisk", "português", "portugues", "brazilian", "brasiliansk"]),
    ("ru", &["rus", "russian", "russisk", "русский"]),
    ("uk", &["ukr", "ukrainian", "ukrainsk", "українська"]),
    ("bg", &["bul", "bulgarian", "bulgarsk", "български"]),
    ("hu", &["hun", "hungarian", "ungarsk", "magyar"]),
    ("pl", &["pol", "polish", "polsk", "polski"]),
    ("lt", &["lit", "lithuanian", "litauisk", "lietuvių", "lietuviu"]),
    ("lv", &["lav", "latvian", "latvisk", "latviešu"]),
    ("et", &["est", "estonian", "estisk", "estlandsk", "eesti"]),
    ("sq", &["sqi", "alb", "albanian", "albansk", "shqip"]),
    ("ar", &["ara", "arabic", "arabisk", "العربية", "عربي"]),
    ("fr", &["fra", "fre", "french", "fransk", "français", "francais"]),
    ("de", &["deu", "ger", "german", "tysk", "deutsch"]),
    ("it", &["ita", "italian", "italiensk", "italiano"]),
    ("tr", &["tur", "turkish", "tyrkisk", "türkçe", "turkce"]),
    ("vi", &["vie", "vietnamese", "vietnamesisk", "tiếng việt"]),
    ("zh", &["zho", "chi", "cmn", "chinese", "kinesisk", "mandarin", "中文", "汉语", "漢語", "普通话"]),
    ("sw", &["swa", "swahili", "kiswahili"]),
    ("sv", &["swe", "swedish", "svensk", "svenska"]),
    ("da", &["dan", "danish", "dansk"]),
    ("fi", &["fin", "finnish", "finsk", "suomi"]),
    ("is", &["isl", "icelandic", "islandsk", "íslenska"]),
    ("nl", &["nld", "dut", "dutch", "nederlandsk", "nederlands"]),
    ("cs", &["ces", "cze", "czech", "tsjekkisk", "čeština"]),
    ("sk", &["slk", "slovak", "slovakisk", "slovenčina"]),
    ("sl", &["slv", "slovenian", "slovensk", "slovenščina"]),
    ("hr", &["hrv", "croatian", "kroatisk", "hrvatski"]),
    ("sr", &["srp", "serbian", "serbisk", "srpski", "српски"]),
    ("bs", &["bos", "bosnian", "bosnisk", "bosanski"]),
    ("mk", &["mkd", "macedonian", "makedonsk", "македонски"]),
    ("el", &["ell", "gre", "greek", "gresk", "ελληνικά"]),
    ("fa", &["fas", "per", "persian", "persisk", "farsi", "dari", "فارسی"]),
    ("ku", &["kur", "kmr", "kurdish", "kurdisk", "kurdî", "kurmanji", "sorani"]),
    ("so", &["som", "somali", "somalisk", "soomaali"]),
    ("ti", &["tir", "tigrinya", "ትግርኛ"]),
    ("am", &["amh", "amharic", "amharisk", "አማርኛ"]),
    ("ha", &["hau", "hausa"]),
    ("yo", &["yor", "yoruba"]),
    ("ig", &["ibo", "igbo"]),
    ("pcm", &["pidgin", "nigerian pidgin", "naija"]),
    ("ur", &["urd", "urdu", "اردو"]),
    ("hi", &["hin", "hindi", "हिन्दी"]),
    ("bn", &["ben", "bengali", "bangla", "বাংলা"]),
    ("pa", &["pan", "punjabi", "panjabi"]),
    ("ta", &["tam", "tamil", "tamilsk", "தமிழ்"]),
    ("ne", &["nep", "nepali", "nepalsk", "नेपाली"]),
    ("id", &["ind", "indonesian", "indonesisk", "bahasa indonesia"]),
    ("ms", &["msa", "may", "malay", "malayisk", "bahasa melayu"]),
    ("fil", &["tl", "tgl", "tagalog", "filipino", "filippinsk"]),
    ("ja", &["jpn", "japanese", "japansk", "日本語"]),
    ("ko", &["kor", "korean", "koreansk", "한국어"]),
    ("he", &["heb", "hebrew", "hebraisk", "עברית"]),
    ("ka", &["kat", "geo", "georgian", "georgisk", "ქართული"]),
    ("hy", &["hye", "arm", "armenian", "armensk", "հայերեն"]),
    ("rom", &["romani", "romanes", "romanés", "romany"]),
];

/// The two-letter codes of ISO 639-1 that have no names above.
const CODES: &str = "aa ab ae af ak an as av ay az ba be bh bi bm bo br ca ce ch co cr cu cv cy dv dz ee eo eu ff fj fo fy \
                     ga gd gl gn gu gv ho ht hz ia ie ii ik io iu jv kg ki kj kk kl km kn kr ks kv kw ky la lb lg li ln lo \
                     lu mg mh mi ml mn mr mt my na nd ng nr nv ny oc oj om or os pi ps qu rm rn rw sa sc sd se sg si sm sn \
                     ss st su tg tk tn to ts tt tw ty ug uz ve vo wa wo xh yi za zu";

/// The languages that have names, each by its code and what people call it.
pub fn names() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    NAMES.iter().copied()
}

/// The codes of all other languages.
pub fn other_codes() -> impl Iterator<Item = &'static str> {
    CODES.split_whitespace()
}

/// Reads a language as people write it in a list: a code with or without a region, or a name; the first of several.
///
/// The answer is a code of ours, with the region if there was one: `nb`, `pt-BR`. `None` when it is none we know.
pub fn parse(written: &str) -> Option<String> {
    let folded = written.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let whole = named(&folded).map(str::to_owned).or_else(|| tag(&folded));
    whole.or_else(|| {
        folded
            .split(['/', ',', ';', '+', '(', '|', '&'])
            .map(str::trim)
            .skip_while(|word| word.is_empty())
            .find_map(one)
    })
}

fn one(word: &str) -> Option<String> {
    let word = word.trim_end_matches([')', '.']).trim();
    named(word).map(str::to_owned).or_else(|| tag(word))
}

fn named(word: &str) -> Option<&'static str> {
    let known = |(code, names): &&(&'static str, &[&str])| *code == word || names.contains(&word);
    NAMES.iter().find(known).map(|(code, _)| *code).or_else(|| CODES.split(' ').find(|code| *code == word))
}

/// A tag of a language with a script or a region: `pt-br`, `zh-hant-tw`, `nb_no.utf-8`.
fn tag(word: &str) -> Option<String> {
    let word = word.split('.').next().unwrap_or_default();
    let mut parts = word.split(['-', '_']);
    let code = named(parts.next().filter(|code| code.is_ascii() && (2..=3).contains(&code.len()))?)?;
    let rest: Vec<&str> = parts.collect();
    let is_part = |part: &&str| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    if rest.is_empty() || !rest.iter().all(is_part) {
        return None;
    }
    let region = rest.iter().find(|part| part.len() == 2);
    Some(region.map_or_else(|| code.to_owned(), |region| format!("{code}-{}", region.to_uppercase())))
}

/// The language without its region.
fn primary(code: &str) -> &str {
    code.split('-').next().unwrap_or(code)
}

/// Chooses the language of a message for a person: their own, else the first of the organisation's that the message has.
///
/// `required` takes nothing but their own. Of a message in none of the organisation's languages everybody whose own is
/// missing gets English, else the first by code: only a campaign that asks for it leaves people out.
///
/// # Errors
/// When it is required and missing, or there is no text at all.
pub fn pick_language<'a>(
    row: Option<&str>,
    texts: &'a BTreeMap<String, String>,
    organisation: &[String],
    required: bool,
) -> Result<&'a str, NoLanguage> {
    if let Some(found) = row.and_then(parse).and_then(|own| closest(&own, texts)) {
        return Ok(found);
    }
    if required {
        return Err(NoLanguage);
    }
    let house = organisation.iter().filter_map(|written| parse(written)).find_map(|code| closest(&code, texts));
    house.or_else(|| closest("en", texts)).or_else(|| texts.keys().next().map(String::as_str)).ok_or(NoLanguage)
}

/// The same language, in the same region if there is one; both forms of Norwegian stand in for each other.
fn closest<'a>(code: &str, texts: &'a BTreeMap<String, String>) -> Option<&'a str> {
    let own = primary(code);
    let other = match own {
        "nb" => "nn",
        "nn" => "nb",
        _ => own,
    };
    let find = |fits: &dyn Fn(&str) -> bool| texts.keys().map(String::as_str).find(|key| fits(key));
    find(&|key| key == code)
        .or_else(|| find(&|key| key == own))
        .or_else(|| find(&|key| primary(key) == own))
        .or_else(|| find(&|key| primary(key) == other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn texts(codes: &[&str]) -> BTreeMap<String, String> {
        codes.iter().map(|code| ((*code).to_owned(), "hei".to_owned())).collect()
    }

    #[test]
    fn a_language_is_read_as_people_write_it() {
        let spellings = [
            ("nb", "nb"),
            ("no", "nb"),
            ("NO", "nb"),
            ("nn", "nn"),
            ("norsk", "nb"),
            ("Norwegian", "nb"),
            ("Norsk  bokmål", "nb"),
            ("nb_NO.UTF-8", "nb-NO"),
            ("en", "en"),
            ("English", "en"),
            (" engelsk ", "en"),
            ("en-GB", "en-GB"),
            ("pt-BR", "pt-BR"),
            ("pt_br", "pt-BR"),
            ("zh-Hant-TW", "zh-TW"),
            ("zh-Hans", "zh"),
            ("uk", "uk"),
            ("Ukrainsk", "uk"),
            ("thai", "th"),
            ("ไทย", "th"),
            ("Română", "ro"),
            ("RUMENSK", "ro"),
            ("spansk/engelsk", "es"),
            ("engelsk, thai", "en"),
            ("klingonsk, thai", "th"),
            ("Thai (litt engelsk)", "th"),
            ("Tagalog", "fil"),
            ("eu", "eu"),
            ("eng", "en"),
        ];
        for (written, code) in spellings {
            assert_eq!(parse(written).as_deref(), Some(code), "{written}");
        }
        for unknown in ["", " ", "?", "xx", "ukjent", "unknown", "x-y", "en-", "-", "12", "e n", "en-!!"] {
            assert_eq!(parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_name_means_one_language() {
        let mut seen = BTreeSet::new();
        for (code, names) in NAMES {
            for name in *names {
                assert!(seen.insert(*name), "{name} ({code}) stands twice");
                assert_eq!(*name, name.to_lowercase(), "{name} is folded");
            }
            assert!(!CODES.split(' ').any(|other| other == *code), "{code} stands in both");
        }
    }

    #[test]
    fn a_person_gets_their_own_language_or_the_organisations_first() {
        let house = ["nb".to_owned(), "en".to_owned()];
        let all = texts(&["en", "nb", "th", "pt-BR"]);
        let pick = |row, required| pick_language(row, &all, &house, required);
        assert_eq!(pick(Some("Thai"), false), Ok("th"));
        assert_eq!(pick(Some("nynorsk"), false), Ok("nb"));
        assert_eq!(pick(Some("en-US"), true), Ok("en"));
        assert_eq!(pick(Some("portugisisk"), true), Ok("pt-BR"));
        assert_eq!(pick(Some("klingonsk"), false), Ok("nb"));
        assert_eq!(pick(Some("polsk"), false), Ok("nb"));
        assert_eq!(pick(Some(" "), false), Ok("nb"));
        assert_eq!(pick(None, false), Ok("nb"));
        for row in [None, Some("klingonsk"), Some("polsk"), Some("")] {
            assert_eq!(pick(row, true), Err(NoLanguage), "{row:?}");
        }
    }

    #[test]
    fn the_organisations_order_counts_and_not_the_alphabets() {
        let order = ["sv".to_owned(), "nb".to_owned(), "en".to_owned()];
        assert_eq!(pick_language(None, &texts(&["en", "nb"]), &order, false), Ok("nb"));
        assert_eq!(pick_language(None, &texts(&["de", "en"]), &["nb".to_owned()], false), Ok("en"));
        assert_eq!(pick_language(None, &texts(&["th", "de"]), &[], false), Ok("de"));
        assert_eq!(pick_language(None, &texts(&[]), &order, false), Err(NoLanguage));
    }

    proptest! {
        #[test]
        fn what_is_picked_is_always_there(row in ".{0,30}", required: bool) {
            let all = texts(&["en", "ro"]);
            match pick_language(Some(&row), &all, &["en".to_owned()], required) {
                Ok(code) => prop_assert!(all.contains_key(code)),
                Err(NoLanguage) => prop_assert!(required),
            }
        }
    }
}
