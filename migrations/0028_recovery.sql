-- Codes that open the door when a telephone is lost: of each only a keyed digest, and none once it was used.
create table recovery (
    digest bytea primary key,
    user_id uuid not null references app_user (id) on delete cascade,
    made_at bigint not null
);
create index recovery_of_user on recovery (user_id);
