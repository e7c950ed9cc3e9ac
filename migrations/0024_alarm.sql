-- What stands in the way until somebody looks, once each; and by which way a notice goes.
create table alarm (
    kind text not null,
    subject text not null,
    since bigint not null,
    seen_at bigint not null,
    told_at bigint,
    primary key (kind, subject)
);
alter table notice add column way text not null default 'staff';
