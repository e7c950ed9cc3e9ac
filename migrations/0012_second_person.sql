-- Who made a plan, so that somebody else can say yes to it; and which of its messages are shown before that.
alter table plan add column made_by text;
alter table plan add column summary text;

create index target_left_out on target (plan_id, decision, n) where decision <> 'eligible';
