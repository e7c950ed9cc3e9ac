-- Which tries the provider would not send for a day: each message waits such a day once, however often it was tried for other
-- reasons.
alter table attempt add column capped boolean not null default false;
-- Until when the provider is asked again about a doubt at the longest, by the steady clock; nothing when it never was.
alter table look add column repeat_until bigint;
