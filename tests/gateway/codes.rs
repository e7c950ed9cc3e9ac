//! The table of codes against the collected one.

use lykt::gateway::Class;
use lykt::gateway::twilio::class_of;

use crate::gateway::specs;

#[test]
fn every_collected_code_means_what_was_collected() {
    let Some(spec) = specs::read("error_codes.json") else { return };
    for row in spec["twilio"].as_array().unwrap() {
        let code = u32::try_from(row["code"].as_u64().unwrap()).unwrap();
        let said = row["class"].as_str().unwrap();
        let expected: &[Class] = match code {
            20404 => &[Class::Config],
            21612 => &[Class::Unroutable],
            30003 => &[Class::Unreachable],
            30004 => &[Class::Blocked],
            30007 => &[Class::Filtered],
            30008 => &[Class::Other],
            30036 | 30047 => &[Class::Expired],
            63016 => &[Class::Content],
            // Twilio says it of throughput and of the limit of people alike; a day is safe for both.
            63018 => &[Class::Capped],
            _ if said.contains("number") => &[Class::BadNumber],
            _ if said.contains("opt-out") => &[Class::OptedOut],
            _ if said.contains("config") => &[Class::Config],
            _ if said.contains("content") => &[Class::Content],
            _ if said.contains("retry") => &[Class::Throttled],
            _ => panic!("a new code: {code} {said}"),
        };
        assert!(expected.contains(&class_of(code)), "{code} {said}: {:?}", class_of(code));
    }
}
