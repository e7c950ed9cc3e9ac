-- Figures of a campaign are read off one index in its order, however many messages it has. Rows whose time is over are
-- found by it too, so that the index by time alone goes.
drop index message_state_at;
create index message_by_state on message (campaign, state, variant, language, reason, state_at);
update task set variant = (select m.variant from message m where m.id = task.message_id)
    where variant is null and message_id is not null;
drop index task_campaign;
create index task_by_state on task (campaign, state, outcome, variant, language);
