-- When the person wrote, where the provider says so: a webhook may come a day late, and WhatsApp's window counts from here.
alter table reply add column wrote_at bigint;
