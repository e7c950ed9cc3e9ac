//! What a campaign wants of a provider's template: asked before anything is sent.

/// A template as a campaign describes it, in one language.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Its name with the provider.
    pub name: &'a str,
    /// Its language with the provider.
    pub language: &'a str,
    /// Whether it has a picture at its head.
    pub image: bool,
    /// What goes into the places of the body, by name or in order; as the campaign writes it, with our variables.
    pub variables: &'a [(Option<String>, String)],
    /// The titles of its quick-reply buttons, in order.
    pub buttons: &'a [String],
    /// What the person reads, as the campaign writes it.
    pub text: &'a str,
}
