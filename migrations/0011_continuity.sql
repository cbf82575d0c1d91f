-- +goose Up
-- Each process that serves writes here every few seconds: between two lines of the
-- whole table, the service kept what it was given.
create table heartbeats (
  node text primary key,
  started_at timestamptz not null,
  beat_at timestamptz not null
);

create table outages (
  id text primary key,
  from_at timestamptz not null,
  until_at timestamptz not null,
  kind text not null,
  node text not null,
  recorded_at timestamptz not null
);
create index outages_until on outages (until_at);

-- The decision to move a deadline, prepared when the service failed in its last
-- hour; a person takes it or not.
create table extension_drafts (
  id text primary key,
  call_id text not null references calls (id),
  closes_at timestamptz not null,
  suggested_at timestamptz not null,
  lost bigint not null,
  status text not null,
  reason text not null,
  drafted_at timestamptz not null,
  settled_at timestamptz,
  settled_by text not null,
  unique (call_id, closes_at)
);

create table upgrades (
  id text primary key,
  at timestamptz not null,
  from_version bigint not null,
  to_version bigint not null,
  reason text not null,
  snapshot text not null
);
