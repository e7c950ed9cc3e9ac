-- A plan for a campaign that lives already: shown last (supplement_id), and waiting for a yes until supplement_at is set;
-- from then on it is the campaign's plan, and its newcomers are on their way into the outbox. supplement_to: the plan whose definition it leaves as it
-- is; null for a plan that begins with a definition of its own.

alter table campaign add column supplement_id uuid;
alter table campaign add column supplement_at bigint;
alter table plan add column supplement_to uuid;
