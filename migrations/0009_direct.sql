-- What a person at the service sends outside any campaign: an answer to somebody who wrote, or a test to the panel.
-- Sealed: the address and the text.
create table direct (
    id uuid primary key,
    kind text not null check (kind in ('answer', 'test')),
    contact_id uuid references contact (id),
    reply_id uuid,
    campaign text,
    variant text,
    language text,
    account text not null,
    channel text not null,
    state text not null check (state in ('queued', 'submitting', 'in_doubt', 'accepted', 'sent', 'undelivered',
        'delivered', 'read', 'failed', 'withdrawn', 'abandoned')),
    reason text,
    token text not null unique,
    provider_id text,
    code text,
    fence bigint not null default 0,
    deadline bigint,
    made_by text not null,
    made_at bigint not null,
    state_at bigint not null,
    sealed bytea not null
);
create index direct_queue on direct (made_at, id) where state = 'queued';
create index direct_lease on direct (deadline) where state = 'submitting';
create index direct_doubt on direct (state_at) where state = 'in_doubt';
create index direct_contact on direct (contact_id);
create index direct_campaign on direct (campaign) where campaign is not null;
create index direct_made_at on direct (made_at);
create unique index direct_provider on direct (account, provider_id) where provider_id is not null;

-- Who answers an answer, so that two people do not.
alter table reply add column owner text;
alter table reply add column owner_at bigint;

-- Answers that stand ready; coordinators change them.
create table ready_answer (
    key text not null,
    language text not null,
    kind text not null,
    text text not null,
    position bigint not null,
    changed_by text,
    changed_at bigint,
    primary key (key, language)
);
insert into ready_answer (key, language, kind, text, position) values
    ('thanks', 'nb', 'thanks', 'Så fint å høre! Du kan skrive til oss når som helst. Hilsen {{ sender }}, {{ organisation }}', 10),
    ('thanks', 'en', 'thanks', 'So good to hear! You can write to us at any time. Best wishes, {{ sender }}, {{ organisation }}', 10),
    ('not_in_group', 'nb', 'not_in_group', 'Takk for svaret. Da skriver vi ikke mer til deg. Kjenner du noen som kan ha nytte av oss, tips dem gjerne. Hilsen {{ sender }}, {{ organisation }}', 20),
    ('not_in_group', 'en', 'not_in_group', 'Thank you for answering. We will not write to you again. If you know somebody we could help, please tell them about us. {{ sender }}, {{ organisation }}', 20),
    ('wrong_number', 'nb', 'wrong_number', 'Beklager forstyrrelsen. Vi skriver ikke mer til dette nummeret. Hilsen {{ sender }}, {{ organisation }}', 30),
    ('wrong_number', 'en', 'wrong_number', 'Sorry to have disturbed you. We will not write to this number again. {{ sender }}, {{ organisation }}', 30),
    ('help', 'nb', 'help', 'Hei! Så bra at du skriver. Hva kan vi hjelpe deg med? Er det akutt, ring 113 eller 112. Hilsen {{ sender }}, {{ organisation }}', 40),
    ('help', 'en', 'help', 'Hi! Good that you wrote. How can we help you? If it is urgent, call 113 or 112. {{ sender }}, {{ organisation }}', 40),
    ('start', 'nb', 'start', 'Velkommen tilbake! Det er greit at vi skriver til deg igjen? Hilsen {{ sender }}, {{ organisation }}', 50),
    ('start', 'en', 'start', 'Welcome back! Is it all right that we write to you again? {{ sender }}, {{ organisation }}', 50),
    ('who', 'nb', 'other', 'Hei! Vi er {{ organisation }}. Her står hvem vi er og hvor vi har nummeret fra: {{ about_url }} Svar STOPP for å slippe flere. Hilsen {{ sender }}', 60),
    ('who', 'en', 'other', 'Hi! We are {{ organisation }}. Who we are and where we have your number from: {{ about_url }} Reply STOP to get no more. {{ sender }}', 60),
    ('other', 'nb', 'other', 'Hei! Takk for at du svarer. Hva kan vi hjelpe deg med? Hilsen {{ sender }}, {{ organisation }}', 70),
    ('other', 'en', 'other', 'Hi! Thank you for answering. How can we help you? {{ sender }}, {{ organisation }}', 70);
