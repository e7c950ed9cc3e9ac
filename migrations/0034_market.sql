-- How many ads a platform has in a week, as people counted them, and how often each answer to a question was given. A
-- count is never changed: a correction replaces it, and both stay. Nobody who advertises or answers is named; who counted
-- is one who works here. A week is named by its Monday.
create table market_count (
    id uuid primary key,
    platform text not null,
    week text not null,
    ads bigint not null,
    women bigint,
    men bigint,
    trans bigint,
    other bigint,
    fresh bigint,
    gone bigint,
    counted_by text not null,
    counted_at bigint not null,
    replaced_at bigint
);
create unique index market_count_one on market_count (platform, week) where replaced_at is null;
create index market_count_platform on market_count (platform, week);
create table question_tally (
    question text not null,
    answer text not null,
    week text not null,
    n bigint not null,
    primary key (question, answer, week),
    check (n >= 0)
);
