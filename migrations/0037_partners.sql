-- What partners say of addresses that we asked about: by the blind index, and only as long as it holds.
create table partner_answer (
    blind bytea not null,
    partner text not null,
    says text not null check (says in ('nothing', 'wait', 'no')),
    -- The month until which to wait, in months since the year 0.
    month bigint,
    heard_at bigint not null,
    ends_at bigint not null,
    primary key (blind, partner)
);
create index partner_answer_ends on partner_answer (ends_at);
-- A question that was carried by hand and whose answer has not come.
create table partner_question (
    id uuid primary key,
    partner text not null,
    asked_at bigint not null,
    people bigint not null,
    sealed bytea not null
);
-- Questions of theirs that were answered: none twice.
create table partner_answered (
    id uuid primary key,
    partner text not null,
    answered_at bigint not null
);
create index partner_answered_at on partner_answered (answered_at);
-- How many numbers each asked about on a day, and how many it was refused.
create table partner_day (
    partner text not null,
    day text not null,
    asked bigint not null,
    refused bigint not null,
    primary key (partner, day)
);
-- The terms that each told us last, and whether somebody accepted them.
create table partner_terms (
    id uuid primary key,
    partner text not null unique,
    sealed bytea not null,
    digest bytea not null,
    told_at bigint not null,
    accepted bytea,
    accepted_by text,
    accepted_at bigint
);
