//! What happened to an account, made into a notice for people at the service. Names no person.

use crate::gateway::{About, Notice};
use crate::ledger::Ledger;
use crate::store::{DbError, Tx, notice, opened};

/// Puts a notice in the queue, to be mailed or logged.
///
/// # Errors
/// As the database has it.
pub(super) async fn tell(ledger: &Ledger, tx: &mut Tx, account: &str, news: &Notice) -> Result<(), DbError> {
    let Notice { about, name, said, limit } = news;
    if let Some(limit) = limit {
        opened::tell(tx, *limit).await?;
    }
    let (en, nb) = match about {
        About::Template => ("Template", "Mal"),
        About::Number => ("Number", "Nummer"),
        About::Account => ("Account", "Konto"),
    };
    let which = if name.is_empty() { String::new() } else { format!(" {name}") };
    let subject = format!("Lykt, {account}: {en} / {nb}{which}");
    let body = format!(
        "{en}{which}, {account}: {said}\n\
         The words are the provider's. Look at it in the provider's console, and run `lykt gateway test {account}`.\n\n\
         {nb}{which}, {account}: {said}\n\
         Ordene er leverandørens. Se på det i konsollen deres, og kjør `lykt gateway test {account}`.\n"
    );
    notice::add(tx, &subject, &body, ledger.clock.now_ms()).await.map(drop)
}
