-- +goose Up
-- What who runs a gathering says to everybody, until it is taken back or its time comes.
create table agenda_announcements (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  body text not null,
  said_by text not null,
  said_at timestamptz not null,
  until_at timestamptz,
  ended_at timestamptz,
  ended_by text not null
);
create index agenda_announcements_gathering on agenda_announcements (gathering_id, said_at);

-- What really happened: an activity that began, ended, or whose boards were opened for
-- everybody. Rows are added, never changed.
create table agenda_facts (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  activity text not null,
  fact text not null,
  at timestamptz not null,
  noted_by text not null
);
create index agenda_facts_gathering on agenda_facts (gathering_id, at);

-- The version of the programme that somebody said she had read.
create table agenda_seen (
  participant_id text primary key references participants (id) on delete cascade,
  gathering_id text not null references gatherings (id) on delete cascade,
  plan_id text not null references agenda_plans (id) on delete cascade,
  seen_at timestamptz not null
);
create index agenda_seen_gathering on agenda_seen (gathering_id);

-- +goose Down
drop table agenda_seen;
drop table agenda_facts;
drop table agenda_announcements;
