-- How far the slots of each routine have been looked at, and the tasks that they became. Names are those of people who
-- work here; what is to be done stands in the organisation's files.
create table routine (
    name text primary key,
    since bigint not null,
    upto bigint not null
);
create table routine_task (
    id uuid primary key,
    routine text not null,
    slot bigint not null,
    state text not null,
    lapses_at bigint,
    claimed_by text,
    done_by text,
    done_at bigint,
    unique (routine, slot),
    check (state in ('open', 'claimed', 'done', 'dropped', 'lapsed'))
);
create index routine_task_open on routine_task (slot) where state in ('open', 'claimed');
