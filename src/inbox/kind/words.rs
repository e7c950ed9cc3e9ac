//! Cuts a reply into words, clauses and sentences. Knows no phrase and no language.

use super::fold;

/// One word of a reply, in every spelling in which it may be meant.
#[derive(Debug, Clone)]
pub struct Word {
    /// Folded, then the readings of look-alikes and figures.
    pub readings: Vec<String>,
    /// The readings without drawn-out letters.
    pub squeezed: Vec<String>,
    /// In lower case, with its accents.
    pub lower: String,
    /// Whether it is all capitals, three letters or more.
    pub shouted: bool,
    /// Whether it looks like a name: one capital, then small letters.
    pub named: bool,
    /// Whether a clause begins here.
    pub clause: bool,
    /// The number of its sentence.
    pub sentence: usize,
}

/// A reply as words.
#[derive(Debug, Default)]
pub struct Words {
    /// The words in order.
    pub list: Vec<Word>,
    /// For each sentence, whether it ends in a question mark.
    pub asked: Vec<bool>,
}

/// Most words that are looked at.
const MOST: usize = 1_500;
/// Most words of a reaction before the message it is to: "Removed a like from".
const MOST_BEFORE_QUOTATION: usize = 5;

/// Reads a reply: what is visible of it, without the lines that quote an earlier message.
pub fn read(text: &str) -> Words {
    let cut = cut(text);
    Words { list: cut.raw.iter().map(spelled).collect(), asked: cut.asked }
}

/// The words alone, in lower case, with their accents.
pub fn lower(text: &str) -> Vec<String> {
    cut(text).raw.iter().map(|raw| fold::lower(&raw.text)).collect()
}

fn cut(text: &str) -> Cut {
    let seen = fold::seen(text);
    let own = without_quotation(&seen);
    let mut cut = Cut { clause: true, ..Cut::default() };
    let mut chars = own.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            _ if cut.raw.len() >= MOST => break,
            _ if fold::is_unspaced(c) => cut.character(c, before),
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' if before.is_alphanumeric() && next.is_alphanumeric() => {}
            '$' | '@' if next.is_alphabetic() || before.is_alphabetic() => cut.word.push(c),
            _ if c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || c == 'ـ' => {
                cut.word.push(c);
            }
            _ if fold::is_emoji(c) => cut.pictogram(c),
            '\n' | '\r' | '!' | '。' | '।' | '።' | '۔' => cut.sentence(false),
            '?' | '؟' | '⸮' | '፧' => cut.sentence(true),
            // A Greek question mark is a semicolon.
            ';' => cut.clause(),
            '.' if !next.is_alphanumeric() => cut.sentence(false),
            ',' | ':' | '،' | '؛' | '、' | '(' | ')' | '–' | '—' | '"' | '«' | '»' | '/' => cut.clause(),
            '-' if before.is_whitespace() || next.is_whitespace() => cut.clause(),
            _ => cut.end(),
        }
        before = c;
    }
    cut.sentence(false);
    cut
}

/// A reply often carries the message it answers: lines with `>`, everything after "wrote:" or a ruler, and what a
/// reaction is to.
fn without_quotation(text: &str) -> String {
    if let Some(reaction) = reaction(text.trim()) {
        return reaction.to_owned();
    }
    let own: Vec<&str> = text
        .lines()
        .scan(false, |seen_own, line| {
            let quoted = is_ruler(line.trim()) && *seen_own;
            *seen_own |= !line.trim().is_empty();
            (!quoted).then_some(line)
        })
        .filter(|line| !line.trim_start().starts_with('>'))
        .collect();
    own.join("\n")
}

fn is_ruler(line: &str) -> bool {
    let said = |verb: &&str| {
        let Some(line) = line.strip_suffix(':') else { return false };
        // "Den 3. desember 2026 skrev Lykten <...>:"
        let dated = line.contains(" 20") && ["Den ", "On ", "Am "].iter().any(|day| line.starts_with(day));
        line.ends_with(verb) || (line.contains(&format!(" {verb} ")) && (dated || line.ends_with(['>', '›'])))
    };
    line.starts_with("-----")
        || line.starts_with("_____")
        || (line.len() > 20 && ["wrote", "skrev", "schrieb"].iter().any(said))
}

/// What stands before the quotation of a phone's reaction: `Liked` of `Liked “Hi from us”`.
fn reaction(text: &str) -> Option<&str> {
    const VERBS: &str = "liked loved disliked laughed emphasized emphasised questioned reacted removed \
                         likte elsket mislikte lo framhevet fremhevet reagerte";
    let opening = text.find(['“', '«', '„', '"', '‘'])?;
    let (before, quoted) = text.split_at(opening);
    let first = before.split_whitespace().next()?.to_lowercase();
    let tells = VERBS.split(' ').any(|verb| verb == first) || first.chars().all(fold::is_emoji);
    let short = before.split_whitespace().count() <= MOST_BEFORE_QUOTATION;
    let closed = quoted.chars().count() > 1 && quoted.ends_with(['”', '»', '“', '"', '’']);
    (tells && short && closed).then_some(before)
}

#[derive(Default)]
struct Cut {
    raw: Vec<Raw>,
    word: String,
    clause: bool,
    asked: Vec<bool>,
    begun: bool,
    drawn: Option<char>,
}

struct Raw {
    text: String,
    clause: bool,
    sentence: usize,
}

impl Cut {
    fn push(&mut self, text: String) {
        self.raw.push(Raw { text, clause: self.clause, sentence: self.asked.len() });
        self.clause = false;
        self.begun = true;
    }

    fn end(&mut self) {
        if !self.word.is_empty() {
            let word = std::mem::take(&mut self.word);
            self.push(word);
        }
    }

    fn character(&mut self, c: char, before: char) {
        self.end();
        let drawn_out = |raw: &&Raw| raw.text.chars().eq([c]);
        let before_it = self.raw.iter().rev().take(2).filter(drawn_out).count();
        // Only Chinese doubles a character to mean it; elsewhere a third shows that the word is drawn out.
        if before_it == 2 || (self.drawn == Some(c) && c == before) {
            if !fold::is_han(c) && before_it == 2 {
                self.raw.pop();
                self.drawn = Some(c);
            }
            return;
        }
        self.drawn = None;
        self.clause |= before.is_whitespace();
        self.push(c.to_string());
    }

    fn pictogram(&mut self, c: char) {
        self.end();
        self.push(c.to_string());
        self.clause = true;
    }

    fn clause(&mut self) {
        self.end();
        self.clause = true;
    }

    fn sentence(&mut self, asked: bool) {
        self.clause();
        if self.begun {
            self.asked.push(asked);
            self.begun = false;
        } else if let (true, Some(last)) = (asked, self.asked.last_mut()) {
            *last = true;
        }
    }
}

fn spelled(raw: &Raw) -> Word {
    let folded = fold::fold(&raw.text);
    let others = [fold::in_latin(&folded), fold::in_cyrillic(&folded), fold::in_letters(&folded)];
    let mut readings = vec![folded];
    readings.extend(others.into_iter().flatten());
    if let Some(signs) = readings.get(1).and_then(|latin| fold::in_letters(latin)) {
        readings.push(signs);
    }
    let squeezed = readings.iter().filter_map(|reading| fold::squeezed(reading)).collect();
    let letters = raw.text.chars().filter(|c| c.is_alphabetic());
    let capitals = letters.clone().filter(|c| c.is_uppercase()).count();
    let letters = letters.count();
    Word {
        readings,
        squeezed,
        lower: fold::lower(&raw.text),
        shouted: letters >= 3 && capitals == letters,
        named: letters >= 2 && capitals == 1 && raw.text.chars().next().is_some_and(char::is_uppercase),
        clause: raw.clause,
        sentence: raw.sentence,
    }
}

impl Words {
    /// Words spelled out letter by letter put together: `S T O P` is one word.
    pub fn joined(mut self) -> Words {
        let mut list: Vec<Word> = Vec::with_capacity(self.list.len());
        let mut rest = self.list.as_slice();
        while let Some((first, after)) = rest.split_first() {
            let run = rest.iter().take_while(|word| is_letter(word)).count();
            if run >= 3 {
                let text = rest[..run].iter().map(|word| word.lower.as_str()).collect();
                list.push(spelled(&Raw { text, clause: first.clause, sentence: first.sentence }));
                rest = &rest[run..];
            } else {
                list.push(first.clone());
                rest = after;
            }
        }
        self.list = list;
        self
    }

    /// All letters of the reply as one word.
    pub fn glued(&self) -> String {
        self.list.iter().map(|word| word.readings[0].as_str()).collect()
    }
}

fn is_letter(word: &Word) -> bool {
    let mut chars = word.lower.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphanumeric() && !fold::is_unspaced(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        read(text).joined().list.into_iter().map(|word| word.readings[0].clone()).collect()
    }

    #[test]
    fn punctuation_falls_away_and_apostrophes_join() {
        assert_eq!(plain("«Don't» -- e-mail me..."), ["dont", "e", "mail", "me"]);
        assert_eq!(plain("s.t.o.p p l e a s e"), ["stopplease"]);
        assert_eq!(plain("S T O P"), ["stop"]);
    }

    #[test]
    fn scripts_without_spaces_are_read_by_the_character() {
        assert_eq!(plain("停止了"), ["停", "止", "了"]);
    }

    #[test]
    fn a_quoted_message_is_left_out() {
        assert_eq!(plain("STOPP\n> Svar STOPP for å slippe"), ["stopp"]);
        assert_eq!(plain("ok\n----- Original -----\nReply STOP"), ["ok"]);
        assert_eq!(plain("ok\nDen 3. desember 2026 skrev Lykten <hei@lykten.example>:\nSvar STOPP"), ["ok"]);
        assert_eq!(plain("hei\nDette skrev jeg i forrige uke:\nstopp").last().unwrap(), "stopp");
    }

    #[test]
    fn a_reaction_is_read_without_what_it_is_to() {
        assert_eq!(plain("Liked “Reply STOP to opt out”"), ["liked"]);
        assert_eq!(plain("👎 to “Hi”"), ["👎", "to"]);
        assert_eq!(plain("Mislikte «Hei fra oss»"), ["mislikte"]);
        assert_eq!(plain("My answer is “STOP”"), ["my", "answer", "is", "stop"]);
        assert_eq!(plain("Liked “Hi” stop"), ["liked", "hi", "stop"]);
    }

    #[test]
    fn a_question_belongs_to_its_sentence() {
        let words = read("Who? Stop.");
        assert_eq!(words.asked, [true, false]);
        assert_eq!(words.list[1].sentence, 1);
    }
}
