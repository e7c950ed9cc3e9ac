-- An answer moves with its contact, when two contacts turn out to be one person, and back.
alter table direct add column origin uuid;
create index direct_origin on direct (origin) where origin is not null;
