-- +goose Up
-- A list of schemes that somebody brought to the catalogue of an agency, from its reading
-- to what was taken of it. list is the name of where it comes from, list_key its folded
-- form, by which a further import of the same list is known.
create table scheme_imports (
  id text primary key,
  agency_id text not null references agencies (id),
  kind text not null,
  list text not null,
  list_key text not null,
  page_address text not null,
  licence text not null,
  file_name text not null,
  heads text not null,
  mapping text not null,
  publish boolean not null,
  whole boolean not null,
  state text not null,
  row_count bigint not null,
  started_by text not null,
  started_at timestamptz not null,
  ended_by text not null,
  ended_at timestamptz,
  version bigint not null
);
create index scheme_imports_agency on scheme_imports (agency_id, started_at);

-- Its rows. Cells are kept until the import is applied or put away; what became of each
-- row stays.
create table scheme_import_rows (
  import_id text not null references scheme_imports (id) on delete cascade,
  line bigint not null,
  cells text not null,
  left_out boolean not null,
  outcome text not null,
  number text not null,
  name text not null,
  scheme_id text references schemes (id),
  problems text not null,
  primary key (import_id, line)
);

-- Where a scheme was taken from: its number in a list, what the list said when it was last
-- taken (JSON), who saw it there last, and since when it is no longer there.
create table scheme_sources (
  scheme_id text primary key references schemes (id),
  agency_id text not null references agencies (id),
  list text not null,
  list_key text not null,
  number text not null,
  page_address text not null,
  licence text not null,
  said text not null,
  seen_on text not null,
  seen_by text not null,
  missing_since text not null,
  unique (agency_id, list_key, number)
);

-- +goose Down
drop table scheme_sources;
drop table scheme_import_rows;
drop table scheme_imports;
