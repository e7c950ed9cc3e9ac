-- With whom a conversation was opened lately, where the provider counts people: one row a person.
create table opened (
    contact_id uuid primary key references contact (id),
    at bigint not null
);
create index opened_at on opened (at);

-- The channel that a person asked for; it comes before the one they wrote on last.
alter table contact add column prefers text;

-- The receipt of a no is a third kind of direct message. SQLite changes no check, so the table is made anew.
alter table direct rename to direct_before;
create table direct (
    id uuid primary key,
    kind text not null check (kind in ('answer', 'test', 'receipt')),
    contact_id uuid references contact (id),
    reply_id uuid,
    campaign text,
    variant text,
    language text,
    account text not null,
    channel text not null,
    state text not null check (state in ('queued', 'submitting', 'in_doubt', 'accepted', 'sent', 'undelivered',
        'delivered', 'read', 'failed', 'withdrawn', 'abandoned')),
    reason text,
    token text not null unique,
    provider_id text,
    code text,
    fence bigint not null default 0,
    deadline bigint,
    made_by text not null,
    made_at bigint not null,
    state_at bigint not null,
    sealed bytea not null,
    origin uuid
);
insert into direct (id, kind, contact_id, reply_id, campaign, variant, language, account, channel, state, reason, token,
    provider_id, code, fence, deadline, made_by, made_at, state_at, sealed, origin)
select id, kind, contact_id, reply_id, campaign, variant, language, account, channel, state, reason, token,
    provider_id, code, fence, deadline, made_by, made_at, state_at, sealed, origin from direct_before;
drop table direct_before;
create index direct_queue on direct (made_at, id) where state = 'queued';
create index direct_lease on direct (deadline) where state = 'submitting';
create index direct_doubt on direct (state_at) where state = 'in_doubt';
create index direct_contact on direct (contact_id);
create index direct_campaign on direct (campaign) where campaign is not null;
create index direct_made_at on direct (made_at);
create index direct_origin on direct (origin) where origin is not null;
create unique index direct_provider on direct (account, provider_id) where provider_id is not null;
