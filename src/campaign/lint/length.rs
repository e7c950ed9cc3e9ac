//! Length: what is too long to be read, what has just become one part more, and what differs from person to person.

use super::finding::{Finding, Weight};
use super::signs::plural;
use super::written::Written;
use crate::domain::lang::{Text, number_of};
use crate::domain::parts::{Encoding, Parts, parts};
use crate::text;

/// Fewer characters over than this are easily saved.
const JUST_OVER: usize = 10;

pub(super) fn judge(written: &Written<'_>, found: &mut Vec<Finding>) {
    let Some(longest) = written.longest.as_deref() else { return };
    let counted = parts(longest);
    let least = written.shortest.as_deref().map(parts).filter(|least| least.parts < counted.parts);
    let most = match counted.encoding {
        Encoding::Gsm7 => 2,
        Encoding::Ucs2 => 3,
    };
    if counted.parts > most {
        found.push(too_long(written, &counted));
    } else if let Some(least) = least {
        found.push(varies(written, &counted, &least));
    } else if counted.parts > 1 {
        found.extend(just_over(written, longest, &counted));
    }
}

fn finding(code: &'static str, weight: Weight, written: &Written<'_>, text: Text, help: Text) -> Finding {
    Finding { code, weight, at: written.whole(), text, help, suggestion: None }
}

fn too_long(written: &Written<'_>, counted: &Parts) -> Finding {
    let Text { en, nb } = plural(counted.parts);
    let text = text!(
        "this is {en}: most people delete a long message in a second",
        "dette er {nb}: de fleste sletter en lang melding på et sekund"
    );
    let help = text!(
        "say the offer, who you are and how to say no, and leave the rest to the link or the answer",
        "si tilbudet, hvem dere er og hvordan man sier nei, og la lenken eller svaret ta resten"
    );
    finding("too_long", Weight::Warning, written, text, help)
}

/// Some people get one part more than others: says which variable is the longest.
fn varies(written: &Written<'_>, counted: &Parts, least: &Parts) -> Finding {
    let (Text { en: most_en, nb: most_nb }, Text { en: least_en, nb: least_nb }) =
        (plural(counted.parts), plural(least.parts));
    let over = over(counted);
    let text = text!(
        "with the longest values this is {most_en}, with the shortest {least_en}",
        "med de lengste verdiene er dette {most_nb}, med de korteste {least_nb}"
    );
    let Text { en, nb } = number_of(over, ["character fewer makes", "characters fewer make"], ["tegn mindre gjør"; 2]);
    let help = text!(
        "{en} it {least_en} for everybody, if cost matters",
        "{nb} det til {least_nb} for alle, om prisen betyr noe"
    );
    finding("parts_vary", Weight::Note, written, text, help)
}

fn just_over(written: &Written<'_>, longest: &str, counted: &Parts) -> Option<Finding> {
    let over = over(counted);
    // Signs that need UCS-2 are named by themselves.
    let plain = counted.encoding == Encoding::Ucs2 && longest.chars().filter(|c| !c.is_ascii()).count() < 3;
    if over > JUST_OVER || plain {
        return None;
    }
    let (Text { en: most_en, nb: most_nb }, Text { en: less_en, nb: less_nb }) =
        (plural(counted.parts), plural(counted.parts - 1));
    let text = text!("this is just over: {most_en}", "dette er så vidt over: {most_nb}");
    let help = match over {
        1 => text!("one character fewer makes it {less_en}", "ett tegn mindre gjør det til {less_nb}"),
        _ => text!("{over} characters fewer make it {less_en}", "{over} tegn mindre gjør det til {less_nb}"),
    };
    Some(finding("just_over", Weight::Note, written, text, help))
}

/// How many units there are beyond what one part fewer holds.
fn over(counted: &Parts) -> usize {
    let less = counted.parts - 1;
    let holds = if less == 1 { counted.encoding.alone() } else { counted.encoding.in_part() * less };
    counted.units.saturating_sub(holds)
}
