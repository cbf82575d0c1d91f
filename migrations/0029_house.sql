-- +goose Up
-- The running order of a gathering, whole (JSON); its days are those of the gathering.
create table agenda_orders (
  gathering_id text primary key references gatherings (id) on delete cascade,
  body text not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null,
  published_at timestamptz
);

create table agenda_rooms (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  name text not null,
  site text not null,
  capacity bigint not null,
  access text not null,
  equipment text not null,
  note text not null,
  link text not null,
  position bigint not null,
  version bigint not null,
  created_at timestamptz not null
);
create index agenda_rooms_gathering on agenda_rooms (gathering_id, position);

-- When somebody is not there: a day, and hours of the wall in minutes since midnight.
create table agenda_absences (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  participant_id text not null references participants (id) on delete cascade,
  day text not null,
  from_minute bigint not null,
  to_minute bigint not null,
  noted_at timestamptz not null,
  noted_by text not null
);
create index agenda_absences_gathering on agenda_absences (gathering_id, participant_id);

-- What somebody needs, said by herself: erased a month after the gathering closes.
create table agenda_needs (
  participant_id text primary key references participants (id) on delete cascade,
  gathering_id text not null references gatherings (id) on delete cascade,
  access text not null,
  diet text not null,
  note text not null,
  pictures text not null,
  told_at timestamptz not null
);
create index agenda_needs_gathering on agenda_needs (gathering_id);

-- +goose Down
drop table agenda_needs;
drop table agenda_absences;
drop table agenda_rooms;
drop table agenda_orders;
