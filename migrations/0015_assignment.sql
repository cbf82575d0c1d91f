-- +goose Up
-- What a member would rather read. It is hers: it weighs in the assignment and is shown
-- to no other member.
create table bids (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  member_id text not null references committee_members (id) on delete cascade,
  wish text not null,
  said_at timestamptz not null,
  unique (member_id, application_id)
);
create index bids_selection on bids (selection_id);

-- What is asked of the engine, and the assignment being prepared: one of each a selection.
create table assignment_plans (
  selection_id text primary key references selections (id) on delete cascade,
  settings text not null,
  pairs text not null,
  run_id text not null,
  frozen boolean not null,
  version bigint not null,
  changed_by text not null,
  changed_at timestamptz not null,
  published_by text not null,
  published_at timestamptz
);

-- Every calculation as it was asked and as it was answered, so that anybody entitled can
-- do it again: transformateur solve assign.
create table assignment_runs (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  kind text not null,
  status text not null,
  input text not null,
  output text not null,
  digest text not null,
  ran_by text not null,
  ran_at timestamptz not null
);
create index assignment_runs_selection on assignment_runs (selection_id, ran_at);
