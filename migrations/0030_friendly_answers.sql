-- The first friendly answer of a person to a campaign: a thank-you or a smile, a wish for help, a wish to hear more.
alter table reply add column liked boolean not null default false;
update reply set liked = true
    where campaign is not null and kind in ('thanks', 'help', 'start') and not exists (select 1 from reply e
        where e.contact_id = reply.contact_id and e.campaign = reply.campaign
        and e.kind in ('thanks', 'help', 'start') and e.id < reply.id);
