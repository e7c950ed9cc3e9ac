//! What Meta's error codes mean to us, in answers and in status webhooks alike.
//!
//! Source: Meta's page of WhatsApp error codes, read in 2026. Only what it documents as not sent is a refusal; the codes
//! by which Meta says that it does not know itself (1, 2, 131000, 131016, 135000) are not here, and leave a doubt.

use std::time::Duration;

use serde_json::Value;

use crate::gateway::verdict::Class;

/// The code that counts among errors: a no wherever it stands, else the first.
pub(super) fn of(errors: &Value) -> Option<u32> {
    let mut all = Vec::new();
    collect(errors, &mut all);
    let no = all.into_iter().find(|code| class_of(*code).is_a_no());
    no.or_else(|| errors.as_array()?.iter().find_map(|error| number(&error["code"])))
}

/// Every code in errors, and in what lies in them; as a number or as a word.
fn collect(errors: &Value, all: &mut Vec<u32>) {
    match errors {
        Value::Array(errors) => errors.iter().for_each(|error| collect(error, all)),
        Value::Object(error) => {
            all.extend(["code", "error_code"].into_iter().filter_map(|key| number(error.get(key)?)));
            error.values().for_each(|within| collect(within, all));
        }
        _ => {}
    }
}

fn number(code: &Value) -> Option<u32> {
    match code {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(word) => word.trim().parse().ok(),
        _ => None,
    }
}

/// The meaning of a code; `Other` when it says nothing we can build on.
pub fn class_of(code: u32) -> Class {
    match code {
        // Not on WhatsApp, too old an app, the terms not accepted; or our own number.
        131026 | 131021 => Class::BadNumber,
        // The person has stopped messages like these from us.
        131050 => Class::OptedOut,
        // Token and permissions, the number, its name, the account, its money, its good name.
        0
        | 3
        | 10
        | 33
        | 190
        | 200..=299
        | 368
        | 131005
        | 131030
        | 131031
        | 131037
        | 131042
        | 131045
        | 131048
        | 131063
        | 131064
        | 133010 => Class::Config,
        // Meta lets no business write to this country.
        130497 => Class::Unroutable,
        // The template is missing, not approved, paused, disabled, or has other places than ours.
        132000 | 132001 | 132007 | 132012 | 132015 | 132016 => Class::Template,
        // The window has closed; a value or a picture that Meta does not take.
        100 | 131008 | 131009 | 131047 | 131051 | 131052 | 131053 | 131062 | 132005 | 132008 => Class::Content,
        // Among those on whom Meta tries out what happens without such messages; a changed phone that we do not know.
        130472 | 137000 => Class::Blocked,
        // The rate of the app, the account or the number; the number is moved to a larger machine.
        4 | 80007 | 130429 | 131057 => Class::Throttled,
        // Too much to this person: from us within seconds, or from all businesses together.
        131056 | 131049 => Class::Capped,
        _ => Class::Other,
    }
}

/// How long to wait where Meta does not say: seconds for a rate, minutes for the machine, a day for a person's share.
pub(super) fn wait(code: u32) -> Duration {
    Duration::from_secs(match code {
        131056 => 10,
        131057 => 300,
        131049 => 86_400,
        4 | 80007 => 120,
        _ => 5,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_stopped_us_said_no_and_who_is_not_there_was_never_reached() {
        assert!(class_of(131_050).is_a_no());
        assert!(class_of(131_026).never_reached_never_will());
        assert!(class_of(190).pauses_account());
    }

    #[test]
    fn a_no_counts_wherever_it_stands_among_the_errors() {
        for (errors, code) in [
            (json!([{ "code": 131_026 }, { "code": 131_050 }]), Some(131_050)),
            (json!([{ "code": "131050" }]), Some(131_050)),
            (
                json!([{ "title": "t" }, 7, null, { "code": 131_026, "error_data": { "code": " 131050 " } }]),
                Some(131_050),
            ),
            (json!([{ "error_data": { "errors": [{ "error_code": 131_050 }] } }]), Some(131_050)),
            (json!({ "code": 131_050 }), Some(131_050)),
            (json!([{ "code": "131026" }, { "code": 190 }]), Some(131_026)),
            (json!([{ "error_data": { "code": 131_026 } }, { "code": 131_000 }]), Some(131_000)),
            (json!([{ "code": "x" }, { "code": -1 }, "131050"]), None),
            (json!(null), None),
        ] {
            assert_eq!(of(&errors), code, "{errors}");
        }
    }

    #[test]
    fn what_meta_does_not_know_itself_and_codes_of_next_year_say_nothing() {
        for code in [1, 2, 131_000, 131_016, 135_000, 139_999, u32::MAX] {
            assert_eq!(class_of(code), Class::Other, "{code}");
        }
    }
}
