-- +goose Up
create table access_tokens (
  id text primary key,
  person_id text not null references people (id),
  name text not null,
  digest text not null unique,
  ending text not null,
  scopes text not null,
  object_kind text not null,
  object_id text not null,
  object_name text not null,
  weak boolean not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index access_tokens_person on access_tokens (person_id, created_at);

create table api_requests (
  token_id text not null references access_tokens (id) on delete cascade,
  request_key text not null,
  attempt text not null,
  digest text not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  acts text not null,
  status bigint not null,
  headers text not null,
  body text not null,
  done_at timestamptz,
  primary key (token_id, request_key)
);
create index api_requests_expires on api_requests (expires_at);

create table webhooks (
  id text primary key,
  object_kind text not null,
  object_id text not null,
  url text not null,
  name text not null,
  kinds text not null,
  secret text not null,
  former_secret text not null,
  former_until timestamptz,
  owner_id text not null references people (id),
  status text not null,
  problem text not null,
  failing_since timestamptz,
  version bigint not null,
  created_at timestamptz not null,
  removed_at timestamptz
);
create index webhooks_object on webhooks (object_kind, object_id);

create table webhook_deliveries (
  id text primary key,
  webhook_id text not null references webhooks (id) on delete cascade,
  event_key text not null,
  kind text not null,
  body text not null,
  created_at timestamptz not null,
  status text not null,
  attempts bigint not null,
  due_at timestamptz,
  leased_until timestamptz,
  done_at timestamptz,
  unique (webhook_id, event_key)
);
create index webhook_deliveries_due on webhook_deliveries (status, due_at);
create index webhook_deliveries_list on webhook_deliveries (webhook_id, created_at);

create table webhook_attempts (
  delivery_id text not null references webhook_deliveries (id) on delete cascade,
  number bigint not null,
  at timestamptz not null,
  status bigint not null,
  problem text not null,
  answer text not null,
  millis bigint not null,
  primary key (delivery_id, number)
);
