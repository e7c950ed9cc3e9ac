-- When an account's list is asked next, for what (`replies`, `sent`), and up to when everything is known. Civil times.
create table listing (
    account text not null,
    what text not null,
    next_at bigint not null,
    since bigint,
    primary key (account, what)
);

-- Messages in doubt that were looked for in the provider's list: when again, and how many complete listings after the
-- horizon showed nothing.
create table look (
    message_id uuid primary key,
    attempt bigint not null,
    absent bigint not null,
    next_at bigint not null
);

-- Answers that a listing has shown, by the provider's id: an answer that was erased does not come back by the list.
create table seen (
    account text not null,
    provider_id text not null,
    at bigint not null,
    primary key (account, provider_id)
);
create index seen_at on seen (at);
