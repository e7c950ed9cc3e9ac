-- How the days were for those who work here: sums of a week, and apart from them who took part in a week that is not over,
-- so that one answers once a day and people can be counted. Nothing says who answered what.
create table debrief_part (
    day text not null,
    week text not null,
    who text not null,
    primary key (day, who)
);
create table debrief_week (
    week text primary key,
    fine bigint not null,
    heavy bigint not null,
    people bigint
);
