-- When an account's way in for answers was last known to work, in milliseconds of the steady clock.
create table way_in (
    account text primary key,
    at bigint not null
);
