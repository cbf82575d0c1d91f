-- +goose Up
-- Everything a person asked to take away, as one file of the blob store for a week.
create table person_archives (
  id text primary key,
  person_id text not null references people (id),
  status text not null,
  asked_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz,
  digest text not null,
  size bigint not null,
  lines bigint not null,
  files bigint not null,
  fetched_at timestamptz
);
create index person_archives_person on person_archives (person_id, asked_at);

-- A request that a person be erased: hers, or the data protection officer's.
create table erasures (
  id text primary key,
  person_id text not null references people (id),
  asked_by text not null,
  asked_at timestamptz not null,
  reason text not null,
  due_at timestamptz not null,
  cancelled_at timestamptz,
  done_at timestamptz
);
create index erasures_person on erasures (person_id, asked_at);

-- Nothing of what is held is erased, for the reason given, until the hold is lifted.
create table legal_holds (
  id text primary key,
  object_kind text not null,
  object_id text not null,
  reason text not null,
  placed_by text not null,
  placed_at timestamptz not null,
  lifted_by text not null,
  lifted_at timestamptz
);
create index legal_holds_object on legal_holds (object_kind, object_id);

create table retention_rules (
  scope_kind text not null,
  scope_id text not null,
  rule text not null,
  days bigint not null,
  reason text not null,
  set_by text not null,
  set_at timestamptz not null,
  primary key (scope_kind, scope_id, rule)
);

create table retention_notices (
  rule text not null,
  object_id text not null,
  due_at timestamptz not null,
  told_at timestamptz not null,
  primary key (rule, object_id)
);

create table retention_extensions (
  id text primary key,
  object_kind text not null,
  object_id text not null,
  until_at timestamptz not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null
);
create index retention_extensions_object on retention_extensions (object_kind, object_id);

create table retention_runs (
  id text primary key,
  rule text not null,
  scope_id text not null,
  at timestamptz not null,
  objects bigint not null
);
create index retention_runs_at on retention_runs (at);

alter table applications add column purged_at timestamptz;
alter table people add column erased_at timestamptz;
