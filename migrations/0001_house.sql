-- One neutral SQL for SQLite and PostgreSQL. Times are unix milliseconds of the civil clock; leases and deadlines are
-- milliseconds of the steady clock. Columns named `sealed` open only with the key file; `blind` is a keyed digest.

create table meta (
    key text primary key,
    value text not null
);

-- One person as far as we know. What a decision needs stands in this row, so that the hot path reads no other.
create table contact (
    id uuid primary key,
    language text,
    unread bigint not null default 0,
    opted_out boolean not null default false,
    left_out text check (left_out in ('not_in_group', 'wrong_number')),
    contacted_at bigint,
    last_at bigint not null
);
create index contact_last on contact (last_at);

create table address (
    id uuid primary key,
    contact_id uuid not null references contact (id),
    kind text not null,
    blind bytea not null unique,
    sealed bytea not null
);
create index address_contact on address (contact_id);

-- A no, one row an address; it outlives the contact and everything else.
create table no (
    blind bytea primary key,
    day text not null,
    source text not null
);

-- The ledger: what happened with a contact. Only added to, and erased on time.
create table touch (
    id uuid primary key,
    contact_id uuid not null references contact (id),
    at bigint not null,
    kind text not null,
    channel text,
    campaign text,
    message_id uuid,
    actor text,
    detail text,
    counts boolean not null,
    sealed bytea
);
create index touch_contact on touch (contact_id, at);
create index touch_at on touch (at);
create index touch_message on touch (message_id) where message_id is not null;

create table campaign (
    name text primary key,
    state text not null check (state in ('planned', 'approved', 'running', 'paused', 'finished', 'cancelled')),
    plan_id uuid,
    approved_by text,
    approved_at bigint,
    reason text,
    changed_at bigint not null
);

create table plan (
    id uuid primary key,
    campaign text not null references campaign (name),
    hash text not null,
    file_hash text not null,
    list_hash text not null,
    sealed bytea not null,
    targets bigint not null,
    eligible bigint not null,
    left_out text not null,
    made_at bigint not null
);
create index plan_campaign on plan (campaign);

-- What the plan decided for each number of each row. Sealed: the address, and the text it would get.
create table target (
    plan_id uuid not null,
    n bigint not null,
    line bigint not null,
    decision text not null,
    again_at text,
    channel text,
    variant text,
    language text,
    blind bytea,
    sealed bytea,
    primary key (plan_id, n)
);

create table message (
    id uuid primary key,
    campaign text not null references campaign (name),
    contact_id uuid not null references contact (id),
    plan_id uuid not null,
    state text not null check (state in ('queued', 'submitting', 'in_doubt', 'accepted', 'sent', 'undelivered',
        'delivered', 'read', 'failed', 'withdrawn', 'abandoned')),
    reason text,
    channel text not null,
    account text not null,
    variant text not null,
    language text not null,
    not_before bigint not null,
    attempt bigint not null default 0,
    fence bigint not null default 0,
    deadline bigint,
    doubt_at bigint,
    state_at bigint not null,
    sealed bytea not null,
    unique (campaign, contact_id)
);
create index message_queue on message (campaign, not_before, id) where state = 'queued';
create index message_lease on message (deadline) where state = 'submitting';
create index message_doubt on message (doubt_at) where state = 'in_doubt';
create unique index message_open on message (contact_id) where state in ('submitting', 'in_doubt');
create index message_contact on message (contact_id);
create index message_state_at on message (state_at);

-- Each try to send a message; the token went out with it.
create table attempt (
    id uuid primary key,
    message_id uuid not null references message (id),
    n bigint not null,
    account text not null,
    token text not null unique,
    provider_id text,
    verdict text,
    code text,
    began_at bigint not null,
    settled_at bigint,
    unique (message_id, n)
);
create unique index attempt_provider on attempt (account, provider_id) where provider_id is not null;

-- Rates survive a restart: when the next one may go, in microseconds of the rate's clock.
create table bucket (
    key text primary key,
    next_us bigint not null
);

-- An account that does not send for now, and why.
create table account_pause (
    account text primary key,
    reason text not null,
    until_ms bigint,
    at bigint not null
);

-- Webhooks as they came, sealed. due_at: the simulator's news lies here until its time.
create table hook (
    id uuid primary key,
    account text not null,
    kind text not null,
    digest bytea not null,
    received_at bigint not null,
    due_at bigint not null,
    done_at bigint,
    problem text,
    sealed bytea not null,
    unique (account, digest)
);
create index hook_due on hook (due_at) where done_at is null;

create table reply (
    id uuid primary key,
    contact_id uuid not null references contact (id),
    account text not null,
    channel text not null,
    provider_id text not null,
    received_at bigint not null,
    kind text not null,
    language text,
    campaign text,
    read_at bigint,
    read_by text,
    sealed bytea not null,
    unique (account, provider_id)
);
create index reply_unread on reply (received_at) where read_at is null;
create index reply_contact on reply (contact_id);

create table task (
    id uuid primary key,
    kind text not null,
    contact_id uuid not null references contact (id),
    campaign text,
    message_id uuid,
    step bigint not null default 0,
    state text not null check (state in ('planned', 'open', 'claimed', 'done', 'dropped', 'lapsed')),
    reason text,
    due_at bigint not null,
    lapses_at bigint not null,
    attempts_left bigint not null,
    claimed_by text,
    lease_until bigint,
    outcome text,
    done_by text,
    done_at bigint,
    made_at bigint not null,
    language text,
    unique (message_id, step)
);
create index task_due on task (state, due_at);
create index task_contact on task (contact_id);

-- A slot of a cron schedule runs once, on whichever node.
create table slot (
    schedule text not null,
    at bigint not null,
    primary key (schedule, at)
);

-- Notices to staff, without persons, until they are sent.
create table notice (
    id uuid primary key,
    at bigint not null,
    subject text not null,
    body text not null,
    sent_at bigint,
    tries bigint not null default 0,
    not_before bigint not null
);

-- Counts that stay when the persons are erased.
create table tally (
    campaign text not null,
    month text not null,
    what text not null,
    variant text not null,
    language text not null,
    n bigint not null,
    primary key (campaign, month, what, variant, language)
);
