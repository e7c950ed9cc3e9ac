//! How a text lets people say no: by an answer, by a link, a number or an address, or not at all. Judges words, no meaning.

/// The ways out that a text offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WayOut {
    /// A link, a number or a mail address, whatever else.
    Elsewhere,
    /// It speaks of stopping or answering, and names nothing else.
    ReplyOnly,
    /// Nothing that we recognise.
    None,
}

/// Words for stopping and for answering, as they stand in messages: a line or two a group of languages.
const WORDS: &[&str] = &[
    "stop stopp stopt stopper stans slutt avslutt avmeld reserver svar svare svarer besvar nei avsluta svara stoppa",
    "afmeld lopeta vastaa hætta svaraðu reply replies answer respond text unsubscribe opt quit cancel",
    "pare parar alto baja responde responda responder contesta contestar sair cancelar envie",
    "arret arrêt arrêter arrêtez stoppez répondez réponds répondre repondez stoppen antworten antworte antwort abmelden",
    "rispondi rispondere rispondete basta cancella antwoord",
    "răspunde raspunde răspundeți raspundeti răspundeţi oprire opriți",
    "стоп ответьте ответь ответить отправьте відповідайте відповісти відправте надішліть отговорете отговори спри",
    "válaszolj válaszoljon válasz odpowiedz odpisz odpisać rezygnuję odgovori odgovorite odpověz odpovězte odpovedz",
    "atsakykite atsakyk atbildi atbildiet vasta vastake përgjigju pergjigju përgjigjuni ndalo απαντήστε απάντησε",
    "yanıtla yanıtlayın cevapla cevaplayın dur durdur iptal bersiv bersivê rawestîne",
    "jibu acha simama jooji jawaab sagot sumagot tumugon balas berhenti itigil",
];

/// The same in writings without spaces between words, or with endings and articles grown on.
const PARTS: &[&str] = &[
    // Thai, Chinese, Japanese, Korean, Vietnamese.
    "ตอบ|หยุด|回复|回覆|停止|退订|退訂|返信|회신|답장|중지|trả lời|tra loi|dừng|ngừng|soạn|huỷ|hủy",
    // Arabic, Persian, Urdu.
    "توقف|إيقاف|ايقاف|أجب|اجب|ارسل|أرسل|بالرد|الرد|پاسخ|جواب|لغو|بھیج",
    // Tigrinya, Amharic, Hindi, Bengali, Tamil.
    "መልስ|አቁም|መልሲ|ደው|रोक|जवाब|उत्तर|বন্ধ|উত্তর|நிறுத்த|பதில்",
];

/// Top-level names of more than two letters that links end in.
const ENDINGS: &str = "com org net info app help health care link page site online ngo gov";

/// Words before a number of four digits that make it one to write or ring to.
const TO: &str = "to til til: nr nr. no number nummer nummeret ring call tlf tlf. tel";

/// Whether a word is one of stopping or answering, as `STOPP` or `svar`; in lower case.
pub(super) fn speaks_of_stopping(word: &str) -> bool {
    WORDS.iter().any(|line| has(line, word))
}

/// Judges a text. What variables will bring is not known and counts as nothing.
pub(super) fn judge(text: &str) -> WayOut {
    let text = without_variables(text).to_lowercase();
    if text.split_whitespace().any(is_link) || has_number(&text) {
        return WayOut::Elsewhere;
    }
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let spoken = words.any(speaks_of_stopping);
    let written = PARTS.iter().any(|line| line.split('|').any(|part| text.contains(part)));
    if spoken || written { WayOut::ReplyOnly } else { WayOut::None }
}

/// Whether a word stands in a line of words.
fn has(line: &str, word: &str) -> bool {
    line.split(' ').any(|known| known == word)
}

fn without_variables(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(open) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        plain.push_str(&rest[..open]);
        plain.push(' ');
        let inside = &rest[open + 2..];
        let close = ["}}", "%}", "#}"].iter().filter_map(|close| inside.find(close)).min();
        rest = close.map_or(inside, |close| &inside[close + 2..]);
    }
    // Capitals after a full stop tell a sentence from a link, so this is done before the letters are folded.
    plain.push_str(rest);
    let mut spaced = String::with_capacity(plain.len());
    let mut before = ' ';
    for c in plain.chars() {
        if before == '.' && c.is_uppercase() && spaced.chars().rev().nth(1).is_some_and(char::is_lowercase) {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    spaced
}

/// A web or a mail address, with or without the formalities.
pub(super) fn is_link(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if word.contains("://") || word.starts_with("www.") {
        return true;
    }
    let host = word.split('@').next_back().unwrap_or(word).split(['/', '?', '#', ':']).next().unwrap_or_default();
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let named = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
        && name.chars().any(char::is_alphabetic);
    let country = ending.len() == 2 && ending.bytes().all(|b| b.is_ascii_lowercase()) && name.len() > 1;
    named && (country || has(ENDINGS, ending) || word.contains('@'))
}

/// A telephone number or a short one to write to; dates, years, times and prices are none.
fn has_number(text: &str) -> bool {
    let groups = groups(text);
    groups.iter().any(|group| {
        let digits = group.digits.chars().filter(|c| c.is_numeric()).count();
        let money = ["kr", "nok", "sek", "dkk", "eur", "€", "$", "£", "%", ",-", "%"]
            .iter()
            .any(|unit| group.after.starts_with(unit));
        let parts: Vec<&str> = group.digits.split(|c: char| !c.is_numeric()).filter(|part| !part.is_empty()).collect();
        let is_year = |part: &&str| part.len() == 4 && (part.starts_with("20") || part.starts_with("19"));
        let date = parts.first().is_some_and(is_year)
            && (parts.len() == 2 && is_year(&parts[1]) || parts.len() == 3 && parts[1].len() <= 2);
        let short = digits == 4 && parts.len() == 1 && has(TO, group.before);
        short || (digits >= 5 && !money && !date)
    })
}

/// Digits with what may stand between those of one number, and the words around.
struct Group<'a> {
    before: &'a str,
    digits: &'a str,
    after: &'a str,
}

fn groups(text: &str) -> Vec<Group<'_>> {
    let between = |c: char| c.is_numeric() || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '(' | ')' | '+');
    let mut groups = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(char::is_numeric).map(|n| at + n) {
        let end = text[start..].find(|c| !between(c)).map_or(text.len(), |n| start + n);
        let digits = text[start..end].trim_end_matches(|c: char| !c.is_numeric());
        groups.push(Group {
            before: text[..start].split_whitespace().next_back().unwrap_or_default(),
            digits,
            after: text[start + digits.len()..].trim_start(),
        });
        at = end;
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_only_speaks_of_answering_is_seen_in_many_languages() {
        for text in [
            "Hei! Dette er {{ sender }} fra Lykten. Svar STOPP for å slippe flere.",
            "Hi! This is {{ sender }}. Reply STOP to opt out.",
            "Text NO if you want no more. We are open until 31.12.2026, 11-18.",
            "Hola. Responde BAJA para no recibir más.",
            "Bună! Răspunde STOP pentru a nu mai primi mesaje.",
            "Ответьте СТОП",
            "ตอบ STOP เพื่อไม่รับข้อความ",
            "回复停止",
            "أرسل توقف",
            "Trả lời DUNG để dừng",
            "Hei.Svar STOPP",
            "Svar STOPP innen 2026-12-24 eller i 2026-2027. Koster 10 000 kr.",
            "Svar STOPP {{ services }} {# www.lykten.no #}",
            "Svar STOPP, f.eks. kl. 11.00, bl.a. i 2026",
        ] {
            assert_eq!(judge(text), WayOut::ReplyOnly, "{text}");
        }
    }

    #[test]
    fn a_link_a_number_or_an_address_is_another_way_out() {
        for text in [
            "Svar STOPP eller se https://lykten.example/stopp",
            "Stopp: lykten.no/s.",
            "Reply STOP or www.lykten.org",
            "STOPP: (stopp@lykten.example)",
            "LYKTEN.NO",
            "Ring +44 7700 900123 for å slippe flere",
            "Send STOPP til 26112",
            "Send STOPP til 1963",
            "tlf. 07700-900123",
            "โทร 07700 900123",
            "Stop? ٠٧٧٠٠٩٠٠١٢٣",
        ] {
            assert_eq!(judge(text), WayOut::Elsewhere, "{text}");
        }
    }

    #[test]
    fn a_text_without_any_way_out_is_seen() {
        for text in ["Hei! Gratis vaksine.", "", "{{ stop }}", "We open in 2026, at 11:00. 500 places", "Hei.Vi er her"]
        {
            assert_eq!(judge(text), WayOut::None, "{text}");
        }
    }
}
