-- +goose Up
-- What became of a project, as somebody said it on a day: the last line is what stands, the
-- others are its history. people_count and jobs_count are null when nobody knows. source
-- says where it was told: project, team or survey.
create table project_outcomes (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  number bigint not null,
  state text not null,
  day text not null,
  words text not null,
  learnt text not null,
  handed_to text not null,
  people_count bigint,
  jobs_count bigint,
  source text not null,
  noted_at timestamptz not null,
  noted_by text not null,
  unique (project_id, number)
);

-- +goose Down
drop table project_outcomes;
