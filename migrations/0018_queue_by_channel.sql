-- A campaign's queue has a part for each of its channels: one that waits for its gateway holds up no other.
drop index message_queue;
create index message_queue on message (campaign, channel, not_before, id) where state = 'queued';
