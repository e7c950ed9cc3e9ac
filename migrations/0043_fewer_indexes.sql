-- What each send wrote to and nothing needs. A try is known by its message and its number, an entry is found by its
-- contact, and what is under way by the index of what is open, which is short.
create table numbered (
    message_id uuid not null references message (id),
    n bigint not null,
    account text not null,
    token text not null unique,
    provider_id text,
    verdict text,
    code text,
    began_at bigint not null,
    settled_at bigint,
    primary key (message_id, n)
);
insert into numbered (message_id, n, account, token, provider_id, verdict, code, began_at, settled_at)
    select message_id, n, account, token, provider_id, verdict, code, began_at, settled_at from attempt;
drop table attempt;
alter table numbered rename to attempt;
create unique index attempt_provider on attempt (account, provider_id) where provider_id is not null;
drop index touch_message;
drop index message_lease;
