-- +goose Up
-- The code on the badge of a participant: what is scanned or typed at the entrance.
create table entrance_badges (
  participant_id text primary key references participants (id) on delete cascade,
  gathering_id text not null references gatherings (id) on delete cascade,
  code text not null,
  made_at timestamptz not null,
  unique (gathering_id, code)
);

-- Who arrived and who left, as it was noted at the entrance: nothing is changed, what was
-- wrong is undone by another line (of_id). The id is made by the device that noted it, at by
-- its clock: the same line may come several times, and the lines in any order.
create table entrance_marks (
  gathering_id text not null references gatherings (id) on delete cascade,
  id text not null,
  participant_id text not null references participants (id) on delete cascade,
  kind text not null,
  of_id text not null,
  at timestamptz not null,
  noted_at timestamptz not null,
  noted_by text not null,
  primary key (gathering_id, id)
);
create index entrance_marks_participant on entrance_marks (participant_id);

-- Until which day (YYYY-MM-DD, included) a gathering takes registrations, and how many.
create table registration_desks (
  gathering_id text primary key references gatherings (id) on delete cascade,
  capacity bigint not null,
  closes_on text not null,
  about text not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null
);

-- Who asks to come. place is the order in which they asked; state is asked (a place is
-- kept), waiting, accepted, declined, withdrawn or ended.
create table registrations (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  person_id text not null references people (id),
  place bigint not null,
  role text not null,
  organisation text not null,
  note text not null,
  state text not null,
  participant_id text references participants (id) on delete set null,
  asked_at timestamptz not null,
  promoted_at timestamptz,
  decided_at timestamptz,
  decided_by text not null,
  version bigint not null,
  unique (gathering_id, place)
);
create unique index registrations_person on registrations (gathering_id, person_id) where state in ('asked', 'waiting', 'accepted');
create index registrations_who on registrations (person_id);
create index registrations_participant on registrations (participant_id);

-- The secret address at which a calendar reads somebody's own agenda: its digest alone.
create table calendar_feeds (
  gathering_id text not null references gatherings (id) on delete cascade,
  person_id text not null references people (id),
  digest text not null,
  made_at timestamptz not null,
  primary key (gathering_id, person_id)
);
create unique index calendar_feeds_digest on calendar_feeds (digest);
create index calendar_feeds_person on calendar_feeds (person_id);

-- +goose Down
drop table calendar_feeds;
drop table registrations;
drop table registration_desks;
drop table entrance_marks;
drop table entrance_badges;
