-- +goose Up
-- The catalogue of an agency. sheet is JSON, all that is written of a scheme; the columns
-- beside it are what lists ask of. origin says where it was taken from ("shipped:fact",
-- "aides-territoires:12"), null when it was written here: nothing is taken twice.
create table schemes (
  id text primary key,
  agency_id text not null references agencies (id),
  origin text,
  name text not null,
  folded text not null,
  state text not null,
  valid_from text not null,
  valid_to text not null,
  sheet text not null,
  checked_on text not null,
  checked_by text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  unique (agency_id, origin)
);
create index schemes_agency on schemes (agency_id, state, name);

-- What a scheme was after each change: who, when, what it said.
create table scheme_versions (
  scheme_id text not null references schemes (id),
  number bigint not null,
  act text not null,
  sheet text not null,
  made_at timestamptz not null,
  made_by text not null,
  primary key (scheme_id, number)
);

-- What is known of a project, asked once for all schemes. value is JSON.
create table project_facts (
  project_id text not null references projects (id) on delete cascade,
  fact text not null,
  value text not null,
  reference bigint not null,
  said_at timestamptz not null,
  said_by text not null,
  primary key (project_id, fact)
);

-- +goose Down
drop table project_facts;
drop table scheme_versions;
drop table schemes;
