//! The providers whose files are compiled in.

/// Names in the settings, and the files.
const ALL: [(&str, &str); 8] = [
    ("46elks", include_str!("../../../config/gateways/46elks.toml")),
    ("android", include_str!("../../../config/gateways/android.toml")),
    ("infobip", include_str!("../../../config/gateways/infobip.toml")),
    ("link", include_str!("../../../config/gateways/link.toml")),
    ("puzzel", include_str!("../../../config/gateways/puzzel.toml")),
    ("sinch", include_str!("../../../config/gateways/sinch.toml")),
    ("sveve", include_str!("../../../config/gateways/sveve.toml")),
    ("vonage", include_str!("../../../config/gateways/vonage.toml")),
];

/// The file of a provider.
pub fn find(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, file)| *file)
}

/// Every provider's name, in the order of the alphabet.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}
