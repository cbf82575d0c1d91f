-- +goose Up
-- When a room cannot be used: a day, and hours of the wall in minutes since midnight.
create table agenda_closures (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  room_id text not null references agenda_rooms (id) on delete cascade,
  day text not null,
  from_minute bigint not null,
  to_minute bigint not null,
  noted_at timestamptz not null,
  noted_by text not null
);
create index agenda_closures_gathering on agenda_closures (gathering_id, room_id);

-- +goose Down
drop table agenda_closures;
