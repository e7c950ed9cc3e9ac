//! What a database answers instead of doing it: away, or refused.

/// What the database answered instead of doing it.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database is away, full or locked: the same may work later.
    #[error("the database is not reachable: {0}")]
    Away(#[source] sqlx::Error),
    /// The database refused; our own fault.
    #[error("the database refused: {0}")]
    Refused(#[source] sqlx::Error),
    /// The address of the database is no address.
    #[error("the database address is not understood: write `sqlite:lykt.db` or `postgres://user@host/name`")]
    Address,
    /// The database is of another version, or half migrated.
    #[error(
        "the database could not be brought to this version: {0}; restore a backup or use the version it was made with"
    )]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A statement touched more or fewer rows than it must.
    #[error("{what}: {got} rows changed where {expected} were expected; nothing was done")]
    Rows {
        /// Which statement.
        what: &'static str,
        /// Rows expected.
        expected: u64,
        /// Rows touched.
        got: u64,
    },
    /// A stored word or field is none that this version knows.
    #[error("a stored {0} is not understood: was the database written by a newer version?")]
    Unknown(&'static str),
    /// The key of the blind index was replaced while this was under way.
    #[error("the key of the index was replaced meanwhile, and nothing was written: try again")]
    IndexReplaced,
    /// Who it is about was joined to another, or forgotten, meanwhile.
    #[error("who this is about was linked to another person or erased meanwhile, and nothing was written: try again")]
    Moved,
    /// A sealed field does not open.
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
}

impl DbError {
    /// Whether two writers met: the same is likely to work at once.
    pub fn is_conflict(&self) -> bool {
        let (DbError::Away(error) | DbError::Refused(error)) = self else { return matches!(self, DbError::Moved) };
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default();
        // PostgreSQL: serialization, deadlock, lock not available, and a row that came or went meanwhile. SQLite: another
        // program writes (5), mends the file after a crash (261), or wrote since this one read (517).
        ["40001", "40P01", "55P03", "23503", "23505", "5", "261", "517"].contains(&&*code)
    }
}

impl DbError {
    /// Whether nothing can be written, though nothing is damaged.
    pub fn is_read_only(&self) -> bool {
        let (DbError::Away(error) | DbError::Refused(error)) = self else { return false };
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default();
        // SQLite: 8, and what more it says in the bits above; PostgreSQL: a transaction that only reads.
        code == "25006" || code.len() < 5 && code.parse::<u32>().is_ok_and(|code| code & 0xff == 8)
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        let refused = match &error {
            sqlx::Error::Database(e) => {
                let code = e.code().unwrap_or_default();
                // PostgreSQL classes 08, 53, 57 and 58: connection, resources, shutdown, disk. SQLite: busy, locked, io, full.
                let away =
                    ["08", "53", "57", "58", "40", "55"].iter().any(|class| code.len() == 5 && code.starts_with(class));
                let sqlite =
                    code.parse::<u32>().is_ok_and(|c| code.len() != 5 && matches!(c & 0xff, 5 | 6 | 10 | 13 | 14));
                !(away || sqlite)
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                false
            }
            sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => false,
            _ => true,
        };
        if refused { DbError::Refused(error) } else { DbError::Away(error) }
    }
}
