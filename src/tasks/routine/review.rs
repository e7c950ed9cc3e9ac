//! What is right today and may be wrong in half a year: entries that somebody looks at again on a day.

use crate::campaign::file::practice::{Platform, Routine, Service, When, review};
use crate::text;

/// The routine that asks whether what stands of a service is still right.
pub(super) fn of_service(service: &Service) -> Routine {
    let (en, nb) = (&service.title.en, &service.title.nb);
    Routine {
        name: format!("service:{}", service.name),
        title: text!("Is this still right: {en}?", "Stemmer dette fortsatt: {nb}?"),
        about: Some(text!(
            "Look. When it is right, a coordinator writes the day at “checked” in its file.",
            "Se etter. Stemmer det, skriver en koordinator dagen ved «checked» i filen."
        )),
        when: When::Day(review(service.checked)),
        owner: service.owner.clone(),
        substitute: None,
        within: None,
        platform: None,
        debrief: false,
    }
}

/// The routine that asks whether what stands of a platform is still right; none where no day is written.
pub(super) fn of_platform(platform: &Platform) -> Option<Routine> {
    let (en, nb) = (&platform.title.en, &platform.title.nb);
    Some(Routine {
        name: format!("platform:{}", platform.name),
        title: text!("Is this still right: {en}?", "Stemmer dette fortsatt: {nb}?"),
        about: Some(text!(
            "Who is there, its rules, our profile. Then write the next day at `review` in its file.",
            "Hvem som er der, reglene, profilen vår. Skriv så neste dag ved `review` i filen."
        )),
        when: When::Day(platform.review?),
        owner: platform.owner.clone(),
        substitute: None,
        within: None,
        platform: None,
        debrief: false,
    })
}
