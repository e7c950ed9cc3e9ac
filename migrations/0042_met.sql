-- With whom a colleague was in touch, for handing a peer's contacts over. What gateways did has no actor.
create index touch_actor on touch (actor, contact_id) where actor is not null;
create index task_done_by on task (done_by, contact_id) where done_by is not null;
