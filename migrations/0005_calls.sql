-- How each call ended, and what that led to: so that a mistake can be taken back, and calls can be counted for who made
-- them.
create table outcome (
    id uuid primary key,
    task_id uuid not null references task (id) on delete cascade,
    touch_id uuid not null,
    word text not null,
    actor text not null,
    at bigint not null,
    heavy boolean not null,
    led_to text not null,
    undone_at bigint
);
create index outcome_task on outcome (task_id);
create index outcome_actor on outcome (actor, at);

-- The campaign of calls that is about to call this contact: no other approach begins meanwhile.
alter table contact add column calling text;
create index message_calls on message (id) where channel = 'call' and state = 'accepted';

-- The entry of the ledger that this one takes back.
alter table touch add column takes_back uuid;
