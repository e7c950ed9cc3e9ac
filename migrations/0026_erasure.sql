-- What providers are still asked to delete: by which account, and the provider's own name for it. No person stands here.
create table erasure (
    account text not null,
    provider_id text not null,
    asked_at bigint not null,
    next_at bigint not null,
    tries bigint not null default 0,
    primary key (account, provider_id)
);
create index erasure_next on erasure (next_at);
