-- The raw bytes of a webhook that took effect are kept no more; that it came is known by its digest. Of nothing, SQLite's substr
-- makes null.
update hook set sealed = substr(sealed, 1, 0) where done_at is not null and problem is null and length(sealed) > 0;
