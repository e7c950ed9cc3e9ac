//! How an entry is sealed to the one before: a keyed digest over that one's and over all of its fields, each with its
//! length. Whoever has only the database cannot make another chain. Pure.

use crate::store::audit::Entry;
use crate::vault::Vault;

const PURPOSE: &[u8] = b"audit";

/// What seals an entry, whatever stands in its own `hash`.
pub(super) fn seal(vault: &Vault, before: &[u8], entry: &Entry) -> [u8; 32] {
    let Entry { n, at, who, who_id, who_os, act, on_kind, on_id, on_name, many, hash: _ } = entry;
    let mut told = Vec::with_capacity(256);
    let mut put = |field: Option<&[u8]>| match field {
        // No field is this long, so nothing else looks like none.
        None => told.extend(u32::MAX.to_be_bytes()),
        Some(bytes) => {
            told.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
            told.extend(bytes);
        }
    };
    let number = |n: &i64| n.to_be_bytes();
    put(Some(before));
    put(Some(&number(n)));
    put(Some(&number(at)));
    put(Some(who.as_bytes()));
    put(who_id.as_ref().map(|id| &id.as_bytes()[..]));
    put(who_os.as_ref().map(number).as_ref().map(|n| &n[..]));
    put(Some(act.as_bytes()));
    put(on_kind.as_deref().map(str::as_bytes));
    put(on_id.as_ref().map(|id| &id.as_bytes()[..]));
    put(on_name.as_deref().map(str::as_bytes));
    put(many.as_ref().map(number).as_ref().map(|n| &n[..]));
    vault.keyed(PURPOSE, &told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Keys;
    use uuid::Uuid;

    fn entry() -> Entry {
        Entry {
            n: 7,
            at: 1,
            who: "user".to_owned(),
            who_id: Some(Uuid::from_u128(1)),
            who_os: None,
            act: "paused".to_owned(),
            on_kind: Some("campaign".to_owned()),
            on_id: None,
            on_name: Some("vinter".to_owned()),
            many: None,
            hash: Vec::new(),
        }
    }

    #[test]
    fn no_field_can_be_changed_moved_or_left_out_without_another_seal() {
        let vault = Vault::new(Keys::generate().unwrap());
        let sealed = seal(&vault, &[1; 32], &entry());
        let others = [
            Entry { n: 8, ..entry() },
            Entry { at: 2, ..entry() },
            Entry { who: "use".to_owned(), ..entry() },
            Entry { who_id: None, on_id: entry().who_id, ..entry() },
            Entry { who_os: Some(0), ..entry() },
            Entry { act: "paused".to_owned() + "c", on_kind: Some("ampaign".to_owned()), ..entry() },
            Entry { on_kind: Some(String::new()), on_name: Some("campaignvinter".to_owned()), ..entry() },
            Entry { on_name: None, ..entry() },
            Entry { many: Some(0), ..entry() },
        ];
        for other in others {
            assert_ne!(seal(&vault, &[1; 32], &other), sealed, "{other:?}");
        }
        assert_ne!(seal(&vault, &[2; 32], &entry()), sealed);
        assert_ne!(seal(&Vault::new(Keys::generate().unwrap()), &[1; 32], &entry()), sealed);
        assert_eq!(seal(&vault, &[1; 32], &Entry { hash: vec![9], ..entry() }), sealed);
    }
}
