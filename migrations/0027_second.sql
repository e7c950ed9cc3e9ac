-- What one person asks for and somebody else must agree to first: once done, refused or too old, it is not here any more.
create table second (
    id uuid primary key,
    matter text not null,
    -- A keyed digest of what it is about.
    about bytea not null,
    -- What it is about as others may read it: an id, a key's number, words of the command. Never a person.
    shown text not null,
    asked_by text not null,
    -- The name in small letters.
    asker text not null,
    asked_at bigint not null,
    ends_at bigint not null,
    agreed_by text,
    unique (matter, about)
);
