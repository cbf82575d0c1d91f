-- +goose Up
-- What one person asked for and a second one decides.
create table approvals (
  id text primary key,
  kind text not null,
  object_kind text not null,
  object_id text not null,
  reason text not null,
  asked_by text not null references people (id),
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  status text not null,
  decided_by text references people (id),
  decided_at timestamptz,
  note text not null,
  opens_until timestamptz,
  relation_id text not null
);
create index approvals_object on approvals (object_kind, object_id, status);
create index approvals_asker on approvals (asked_by, asked_at);
