-- +goose Up
create table journal (
  seq bigint primary key,
  at timestamptz not null,
  actor text not null,
  act text not null,
  object_kind text not null,
  object_id text not null,
  detail text not null,
  request text not null,
  prev text not null,
  hash text not null
);
create index journal_object on journal (object_kind, object_id, seq);
create index journal_actor on journal (actor, seq);

create table events (
  id text primary key,
  at timestamptz not null,
  kind text not null,
  object_id text not null,
  payload text not null
);
create index events_at on events (at);

create table event_deliveries (
  event_id text not null references events (id) on delete cascade,
  subscriber text not null,
  attempts bigint not null,
  due_at timestamptz not null,
  done_at timestamptz,
  problem text not null,
  primary key (event_id, subscriber)
);
create index event_deliveries_due on event_deliveries (done_at, due_at);

create table jobs (
  id text primary key,
  kind text not null,
  unique_key text,
  payload text not null,
  run_at timestamptz not null,
  attempts bigint not null,
  max_attempts bigint not null,
  leased_until timestamptz,
  done_at timestamptz,
  problem text not null,
  created_at timestamptz not null
);
create unique index jobs_unique on jobs (kind, unique_key);
create index jobs_due on jobs (done_at, run_at);

create table settings (
  name text primary key,
  value text not null,
  updated_at timestamptz not null
);
