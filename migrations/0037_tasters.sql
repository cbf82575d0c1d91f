-- +goose Up
-- A gathering of an hour that anybody may come to. Minutes are those of the wall, at the
-- place of the gathering. Without announced_at, only who runs it sees its page.
create table tasters (
  gathering_id text primary key references gatherings (id) on delete cascade,
  speaker text not null,
  link text not null,
  from_minute bigint not null,
  to_minute bigint not null,
  announced_at timestamptz,
  version bigint not null,
  updated_at timestamptz not null
);

-- What who runs a gathering adds to its minutes: part is the activity that it is about, or
-- empty for the introduction.
create table gathering_minutes (
  gathering_id text not null references gatherings (id) on delete cascade,
  part text not null,
  body text not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (gathering_id, part)
);

-- +goose Down
drop table gathering_minutes;
drop table tasters;
