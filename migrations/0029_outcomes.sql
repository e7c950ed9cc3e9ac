-- Outcomes that a campaign names and staff register: one row each, with no person in it. What tells of a person is the
-- entry in the ledger; the row forgets it when the entry goes. The digest is keyed; by it nothing counts twice.
create table counted (
    id uuid primary key,
    campaign text not null,
    name text not null,
    day text not null,
    heard text not null check (heard in ('yes', 'other', 'no', 'unknown')),
    late boolean not null,
    source text not null check (source in ('contact', 'asked', 'code', 'file')),
    credit text,
    variant text,
    language text,
    touch_id uuid,
    actor text,
    digest bytea unique,
    made_at bigint not null,
    undone_at bigint,
    undone_by text
);
create index counted_campaign on counted (campaign, id);
create index counted_day on counted (day);
create index counted_credit on counted (credit) where credit is not null;
create index counted_touch on counted (touch_id) where touch_id is not null;
