-- What people did and read, each entry sealed to the one before: words of the program, ids and counts, never a person.
create table audit (
    n bigint primary key,
    at bigint not null,
    who text not null,
    who_id uuid,
    who_os bigint,
    act text not null,
    on_kind text,
    on_id uuid,
    on_name text,
    many bigint,
    hash bytea not null
);
create index audit_who on audit (who_id, n) where who_id is not null;
create index audit_act on audit (act, n);
create index audit_at on audit (at);

-- Where the chain ends, and where it begins once its oldest part was forgotten. One row; whoever adds an entry locks it.
create table audit_head (
    id bigint primary key check (id = 1),
    n bigint not null,
    hash bytea not null,
    from_n bigint not null,
    from_hash bytea not null
);

-- The auditor is a fifth role. SQLite changes no check, so the column is made anew.
alter table app_user add column role_now text not null default 'peer'
    check (role_now in ('admin', 'coordinator', 'staff', 'peer', 'auditor'));
update app_user set role_now = role;
alter table app_user drop column role;
alter table app_user rename column role_now to role;
