-- Who may come in. A password is kept as its hash, the second factor sealed, and of every cookie and token only a digest.
create table app_user (
    id uuid primary key,
    name text not null,
    -- The name as it is looked up: in small letters.
    folded text not null unique,
    role text not null check (role in ('admin', 'coordinator', 'staff', 'peer')),
    lang text,
    password text not null,
    factor bytea,
    factor_confirmed boolean not null default false,
    -- The last step whose code was taken: none is taken twice.
    factor_step bigint not null default 0,
    made_at bigint not null,
    disabled_at bigint,
    -- Who changed this row last, and when.
    changed_by text,
    changed_at bigint not null
);

-- Times here are steady.
create table session (
    digest bytea primary key,
    user_id uuid not null references app_user (id) on delete cascade,
    ends_at bigint not null,
    seen_at bigint not null
);
create index session_of_user on session (user_id);

-- Browsers in which somebody signed in before, each known by its cookie's digest.
create table device (
    digest bytea not null,
    user_id uuid not null references app_user (id) on delete cascade,
    seen_at bigint not null,
    primary key (digest, user_id)
);
create index device_of_user on device (user_id, seen_at);

-- What other systems come with.
create table token (
    id uuid primary key,
    name text not null unique,
    digest bytea not null unique,
    scopes text not null,
    made_at bigint not null,
    made_by text,
    -- The last day on which it was used.
    used_on text,
    revoked_at bigint
);
