-- Whose contact somebody is since a colleague's work was handed over to them, from whom, and when. Names are those of
-- people who work here.
alter table contact add column keeper text;
alter table contact add column kept_before text;
alter table contact add column kept_since bigint;
create index contact_keeper on contact (keeper) where keeper is not null;
create index task_owner on task (owner) where owner is not null and state in ('planned', 'open', 'claimed');
