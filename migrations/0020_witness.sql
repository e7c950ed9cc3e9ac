-- When a no was written, so that it is kept outside the database too; of older ones it is not known.
alter table no add column at bigint;
create index no_at on no (at) where at is not null;

-- The daemons that share this database, by name. Times here are the database's own, where it is shared. `witnessed`: this
-- node keeps a witness outside the database.
create table node (
    name text primary key,
    fence bigint not null,
    version text not null,
    sends boolean not null,
    started_at bigint not null,
    seen_at bigint not null,
    stopped_at bigint,
    witnessed boolean not null default false
);
