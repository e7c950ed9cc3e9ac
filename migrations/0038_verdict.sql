-- What people on the panel made of a version of a campaign's message. Nobody on the panel is named; what they say that it
-- means is sealed. The digest is of the text, picture and template that they saw.
create table verdict (
    id uuid primary key,
    campaign text not null,
    variant text not null,
    language text not null,
    digest text not null,
    understood text not null check (understood in ('yes', 'partly', 'no')),
    sealed bytea,
    noted_by text,
    noted_at bigint not null
);
create index verdict_campaign on verdict (campaign, noted_at);
create index verdict_at on verdict (noted_at);
