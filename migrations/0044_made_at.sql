-- A contact is kept while anything of it stands. What stands has its own time, so a contact only needs to say when it was
-- made, and no message that goes out moves it.
drop index contact_last;
alter table contact rename column last_at to made_at;
create index contact_made on contact (made_at);
