-- Who is away, from which day until which, both whole, and who stands in meanwhile. Names are those of people who work here.
create table absence (
    id uuid primary key,
    who text not null,
    substitute text not null,
    from_day text not null,
    until_day text not null,
    noted_by text,
    noted_at bigint not null
);
create index absence_until on absence (until_day);
