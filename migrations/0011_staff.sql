-- Whom a task is meant for, by the name that stands in the ledger; nobody in particular when it is empty.
alter table task add column owner text;
create index task_list on task (due_at, id) where state in ('open', 'claimed');
create index address_kind on address (kind) where kind <> 'phone';

-- Two contacts that turned out to be one person: which contact a row was of before, so that they can be parted again.
alter table address add column origin uuid;
alter table touch add column origin uuid;
alter table reply add column origin uuid;
alter table message add column origin uuid;
alter table task add column origin uuid;
create index touch_origin on touch (origin) where origin is not null;
create index reply_origin on reply (origin) where origin is not null;
create index message_origin on message (origin) where origin is not null;
create index task_origin on task (origin) where origin is not null;

-- A contact without an address that keeps the message which a joined contact already had of the same campaign.
alter table contact add column shadow_of uuid;
create index contact_shadow on contact (shadow_of) where shadow_of is not null;
