-- Why somebody asked for what a second person must agree to, sealed: who agrees reads it first.
alter table second add column why bytea;
