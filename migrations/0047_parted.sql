-- Whom a person parted stays apart when a provider takes the two for one again.
alter table contact add column parted_from uuid;
create index contact_parted on contact (parted_from) where parted_from is not null;
