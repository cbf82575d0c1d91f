-- +goose Up
-- A spreadsheet of files deposited elsewhere, from its reading to its report. Its
-- cells are kept until it is applied or put away, then erased.
create table imports (
  id text primary key,
  call_id text not null references calls (id) on delete cascade,
  source text not null,
  origin text not null,
  file_name text not null,
  digest text not null,
  heads text not null,
  mapping text not null,
  options text not null,
  status text not null,
  row_count bigint not null,
  started_by text not null,
  started_at timestamptz not null,
  applied_by text not null,
  applied_at timestamptz,
  ended_at timestamptz,
  version bigint not null
);
create index imports_call on imports (call_id, started_at);

create table import_rows (
  import_id text not null references imports (id) on delete cascade,
  line bigint not null,
  cells text not null,
  blocks text not null,
  outcome text not null,
  number text not null,
  application_id text not null,
  problems text not null,
  primary key (import_id, line)
);

create table import_mappings (
  call_id text not null references calls (id) on delete cascade,
  source text not null,
  mapping text not null,
  saved_by text not null,
  saved_at timestamptz not null,
  primary key (call_id, source)
);

-- Where a file was deposited when it was not here. One number of one origin is one
-- file of a call: importing again finds it.
create table application_origins (
  application_id text primary key references applications (id),
  call_id text not null references calls (id),
  import_id text not null references imports (id) on delete cascade,
  source text not null,
  origin text not null,
  number text not null,
  deposited_at timestamptz,
  imported_by text not null,
  imported_at timestamptz not null,
  content_digest text not null,
  seq bigint not null,
  problems text not null,
  unique (call_id, origin, number)
);
create index application_origins_import on application_origins (import_id);
