-- What an answer, a visit, a no or a call is credited to: the version and the language of the message it followed. Kept
-- in the row, so that figures are the same when the message is erased first. `again`: the person had done so before.
alter table reply add column variant text;
alter table reply add column message_language text;
alter table reply add column again boolean not null default false;
alter table touch add column variant text;
alter table touch add column message_language text;
alter table touch add column again boolean not null default false;
alter table task add column variant text;

create index reply_campaign on reply (campaign);
create index task_campaign on task (campaign);
create index touch_credit on touch (campaign) where kind in ('visit', 'opt_out');

update reply set
    variant = (select m.variant from message m where m.contact_id = reply.contact_id and m.campaign = reply.campaign),
    message_language = (select m.language from message m
        where m.contact_id = reply.contact_id and m.campaign = reply.campaign),
    again = exists (select 1 from reply e
        where e.contact_id = reply.contact_id and e.campaign = reply.campaign and e.id < reply.id);
