//! One phrase as it is written in a word file, and whether it stands at a place in a reply. Knows no kind.
//!
//! Slots are parted by spaces: `stop|quit sending .. message*|sms please?`. `|` parts alternatives, `_` joins the words
//! of one alternative, `*` ends a stem, `?` makes the slot optional, `..` is up to three words of any kind, `@name` is
//! a word written like a name.

use std::ops::Range;

use super::fold;
use super::words::{self, Word};

/// How many words `..` may stand for.
const GAP: usize = 3;

/// A phrase, cut into slots.
#[derive(Debug)]
pub struct Pattern {
    slots: Vec<Slot>,
}

#[derive(Debug)]
enum Slot {
    Words { alternatives: Vec<Alternative>, optional: bool },
    Gap,
}

#[derive(Debug)]
struct Alternative {
    shown: String,
    literals: Vec<Literal>,
}

/// One word of a phrase.
#[derive(Debug, PartialEq)]
pub enum Literal {
    /// Exactly this word.
    Exact(Spelling),
    /// A word that begins so.
    Stem(String),
    /// A word written like a name.
    Name,
}

/// A word of a phrase in its spellings.
#[derive(Debug, PartialEq)]
pub struct Spelling {
    /// Folded.
    pub plain: String,
    /// With ae, oe, ue and aa for the letters that fold to one.
    pub spelled_out: Option<String>,
    /// With no letter doubled.
    pub squeezed: String,
    /// The only accents it may carry, in languages where they make another word.
    accents: Option<String>,
}

impl Pattern {
    /// Reads a phrase; `tones` says that accents make another word. The error is a sentence for whoever wrote it.
    pub fn parse(text: &str, tones: bool) -> Result<Pattern, String> {
        let slots = text.split_whitespace().map(|slot| parse_slot(slot, tones)).collect::<Result<Vec<_>, _>>()?;
        let fixed = |slot: &Slot| matches!(slot, Slot::Words { optional: false, .. });
        match (slots.first(), slots.last()) {
            (Some(Slot::Words { .. }), Some(Slot::Words { .. })) if slots.iter().any(fixed) => Ok(Pattern { slots }),
            _ => Err(format!("`{text}` must begin and end with a word and have one that is not optional")),
        }
    }

    /// The words it may begin with.
    pub fn beginnings(&self) -> Vec<&Literal> {
        let mut first = Vec::new();
        for slot in &self.slots {
            let Slot::Words { alternatives, optional } = slot else { break };
            first.extend(alternatives.iter().filter_map(|alternative| alternative.literals.first()));
            if !optional {
                break;
            }
        }
        first
    }

    /// The words of its first slot, when it can do without them.
    #[cfg(test)]
    pub fn optional_beginnings(&self) -> Vec<&Literal> {
        match self.slots.first() {
            Some(Slot::Words { alternatives, optional: true }) => {
                alternatives.iter().filter_map(|alternative| alternative.literals.first()).collect()
            }
            _ => Vec::new(),
        }
    }

    /// All its whole words.
    pub fn spellings(&self) -> impl Iterator<Item = &Spelling> {
        let alternatives = self.slots.iter().flat_map(|slot| match slot {
            Slot::Words { alternatives, .. } => alternatives.as_slice(),
            Slot::Gap => &[],
        });
        alternatives.flat_map(|alternative| &alternative.literals).filter_map(|literal| match literal {
            Literal::Exact(spelling) => Some(spelling),
            Literal::Stem(_) | Literal::Name => None,
        })
    }

    /// The phrase when it is one word.
    pub fn single_words(&self) -> Vec<&str> {
        let [Slot::Words { alternatives, .. }] = self.slots.as_slice() else { return Vec::new() };
        let single = |alternative: &'_ Alternative| match alternative.literals.as_slice() {
            [Literal::Exact(spelling)] => Some(spelling.plain.clone()),
            _ => None,
        };
        alternatives
            .iter()
            .filter(|alternative| single(alternative).is_some())
            .filter_map(|alternative| match alternative.literals.first() {
                Some(Literal::Exact(spelling)) => Some(spelling.plain.as_str()),
                _ => None,
            })
            .collect()
    }

    /// Where the phrase ends when it begins at the first of these words; the longest reading. It keeps to a sentence.
    pub fn end(&self, words: &[Word]) -> Option<usize> {
        let sentence = words.first()?.sentence;
        let length = words.iter().take_while(|word| word.sentence == sentence).count();
        let mut path = Vec::new();
        longest(&self.slots, &words[..length], &mut path)
    }

    /// Which words stand where the phrase has `..`.
    pub fn gaps(&self, words: &[Word]) -> Vec<Range<usize>> {
        let mut path = Vec::new();
        longest(&self.slots, words, &mut path);
        let ends = path.iter().scan(0, |end, step| {
            *end += step.taken;
            Some(*end)
        });
        path.iter().zip(ends).filter(|(step, _)| step.gap).map(|(step, end)| end - step.taken..end).collect()
    }

    /// The phrase as the file spells it, with the alternatives that were used.
    pub fn shown(&self, words: &[Word]) -> String {
        let mut path = Vec::new();
        longest(&self.slots, words, &mut path);
        let path: Vec<&str> = path.iter().map(|step| step.shown).collect();
        let unspaced = path.iter().any(|part| part.chars().any(fold::is_unspaced));
        path.join(if unspaced { "" } else { " " })
    }
}

fn parse_slot(slot: &str, tones: bool) -> Result<Slot, String> {
    if slot == ".." {
        return Ok(Slot::Gap);
    }
    let (slot, optional) = slot.strip_suffix('?').map_or((slot, false), |inner| (inner, true));
    let alternatives = slot.split('|').map(|shown| parse_alternative(shown, tones)).collect::<Result<_, _>>()?;
    Ok(Slot::Words { alternatives, optional })
}

fn parse_alternative(text: &str, tones: bool) -> Result<Alternative, String> {
    let shown = text.replace('_', " ");
    let (body, stem) = shown.strip_suffix('*').map_or((shown.as_str(), false), |body| (body, true));
    if body == "@name" {
        return Ok(Alternative { shown: "…".to_owned(), literals: vec![Literal::Name] });
    }
    let mut literals: Vec<Literal> = words::lower(body).iter().map(|word| exact(word, tones)).collect();
    match literals.pop() {
        Some(Literal::Exact(last)) if stem => literals.push(Literal::Stem(last.plain)),
        Some(last) if !stem => literals.push(last),
        _ => return Err(format!("`{text}` has no word in it")),
    }
    Ok(Alternative { shown, literals })
}

fn exact(word: &str, tones: bool) -> Literal {
    let plain = fold::fold(word);
    let spelled_out =
        fold::fold(&word.replace('ä', "ae").replace(['ö', 'ø'], "oe").replace('ü', "ue").replace('å', "aa"));
    let accents = fold::lower(word);
    Literal::Exact(Spelling {
        squeezed: fold::squeeze(&plain),
        spelled_out: (spelled_out != plain).then_some(spelled_out),
        accents: (tones && accents != plain).then_some(accents),
        plain,
    })
}

impl Literal {
    fn fits(&self, word: &Word) -> bool {
        match self {
            Literal::Name => word.named,
            Literal::Stem(stem) => word.readings.iter().any(|reading| reading.starts_with(stem)),
            Literal::Exact(spelling) => {
                let written = |reading: &String| {
                    *reading == spelling.plain || spelling.spelled_out.as_ref().is_some_and(|other| other == reading)
                };
                let told_apart = |accents: &String| word.lower != *accents && word.lower != spelling.plain;
                let spelled = word.readings.iter().any(written);
                (spelled && !spelling.accents.as_ref().is_some_and(told_apart))
                    || word.squeezed.contains(&spelling.squeezed)
            }
        }
    }
}

/// How one slot was filled.
struct Step<'a> {
    shown: &'a str,
    taken: usize,
    gap: bool,
}

/// The longest way to put the slots on the words; `path` gets what was used.
fn longest<'a>(slots: &'a [Slot], words: &[Word], path: &mut Vec<Step<'a>>) -> Option<usize> {
    let Some((slot, later)) = slots.split_first() else { return Some(0) };
    let mut best: Option<(usize, Vec<Step<'a>>)> = None;
    let mut attempt = |step: Step<'a>| {
        let mut tail = Vec::new();
        let taken = step.taken;
        let Some(end) = longest(later, &words[taken..], &mut tail).map(|end| end + taken) else { return };
        // What ends in words of any kind is no phrase.
        if step.gap && taken > 0 && end == taken {
            return;
        }
        if best.as_ref().is_none_or(|(furthest, _)| end > *furthest) {
            if taken > 0 {
                tail.insert(0, step);
            }
            best = Some((end, tail));
        }
    };
    match slot {
        Slot::Gap => (0..=GAP.min(words.len())).for_each(|taken| attempt(Step { shown: "…", taken, gap: true })),
        Slot::Words { alternatives, optional } => {
            for Alternative { shown, literals } in alternatives {
                let taken = literals.len();
                if taken <= words.len() && literals.iter().zip(words).all(|(literal, word)| literal.fits(word)) {
                    attempt(Step { shown, taken, gap: false });
                }
            }
            if *optional {
                attempt(Step { shown: "", taken: 0, gap: false });
            }
        }
    }
    let (end, tail) = best?;
    *path = tail;
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(pattern: &str, text: &str) -> Option<usize> {
        Pattern::parse(pattern, false).unwrap().end(&words::read(text).list)
    }

    #[test]
    fn slots_alternatives_stems_and_gaps_are_understood() {
        assert_eq!(end("do_not|dont contact me|us again?", "Don't contact us again"), Some(4 - 1 + 1));
        assert_eq!(end("stop sending .. message*", "stop sending me silly messages now"), Some(5));
        assert_eq!(end("stop sending .. message*", "stop sending me so very many silly messages"), None);
        assert_eq!(end("别|不要 再 发", "不要再发了"), Some(4));
        assert_eq!(end("this is not @name", "this is not Maria"), Some(4));
    }

    #[test]
    fn words_of_any_kind_are_told_apart_and_end_no_phrase() {
        assert_eq!(end("bin nicht .. prostituierte|branche?", "bin nicht zu Hause"), Some(2));
        let pattern = Pattern::parse("take me .. off", false).unwrap();
        let gaps = pattern.gaps(&words::read("take me not off").list);
        assert_eq!(gaps.into_iter().flatten().collect::<Vec<_>>(), [2]);
        assert!(pattern.gaps(&words::read("take me off").list).is_empty());
    }

    #[test]
    fn accents_count_only_where_they_make_another_word() {
        let stop = Pattern::parse("dừng", true).unwrap();
        assert!(stop.end(&words::read("DUNG").list).is_some());
        assert!(stop.end(&words::read("đúng").list).is_none());
        assert_eq!(end("arrêt", "ARRET"), Some(1));
        assert_eq!(end("aufhören", "aufhoeren"), Some(1));
    }

    #[test]
    fn a_phrase_is_shown_as_its_file_spells_it() {
        let pattern = Pattern::parse("do_not|dont contact me|us again?", false).unwrap();
        assert_eq!(pattern.shown(&words::read("DO NOT CONTACT ME").list), "do not contact me");
    }

    #[test]
    fn a_phrase_without_a_fixed_word_is_refused() {
        assert!(Pattern::parse("please?", false).is_err() && Pattern::parse(".. stop", false).is_err());
    }
}
