//! What is right today and may be wrong in half a year: entries that somebody looks at again on a day.

use crate::campaign::file::practice::{Routine, Service, When, review};
use crate::text;

/// The routine that asks whether what stands of a service is still right.
pub(super) fn of_service(service: &Service) -> Routine {
    let (en, nb) = (&service.title.en, &service.title.nb);
    Routine {
        name: format!("service:{}", service.name),
        title: text!("Is this still right: {en}?", "Stemmer dette fortsatt: {nb}?"),
        about: Some(text!(
            "Look, then write the day at `checked` in its file.",
            "Se etter, og skriv dagen ved `checked` i filen."
        )),
        when: When::Day(review(service.checked)),
        owner: service.owner.clone(),
        substitute: None,
        within: None,
        platform: None,
    }
}
