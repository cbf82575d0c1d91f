-- +goose Up
-- A scheme that somebody follows for a project, and where it stands. Amounts are cents.
create table orientations (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  scheme_id text not null references schemes (id),
  state text not null,
  requested bigint,
  obtained bigint,
  paid bigint,
  version bigint not null,
  updated_at timestamptz not null,
  unique (project_id, scheme_id)
);
create index orientations_scheme on orientations (scheme_id);

-- Each step of it. One that was wrong stays, with who took it back and why.
create table orientation_steps (
  id text primary key,
  orientation_id text not null references orientations (id) on delete cascade,
  number bigint not null,
  state text not null,
  day text not null,
  amount bigint,
  why text not null,
  noted_at timestamptz not null,
  noted_by text not null,
  undone_at timestamptz,
  undone_by text not null,
  undone_why text not null,
  unique (orientation_id, number)
);

-- +goose Down
drop table orientation_steps;
drop table orientations;
