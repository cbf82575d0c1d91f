-- +goose Up
-- A visit that the sponsor of a project paid to its team, and what she shares of it. day is
-- "2027-03-05"; place is empty for one by video, unless it says where.
create table visits (
  id text primary key,
  project_id text not null references projects (id),
  person_id text not null references people (id),
  day text not null,
  place text not null,
  by_video boolean not null,
  met_whom text not null,
  shared text not null,
  made_at timestamptz not null,
  changed_at timestamptz not null,
  version bigint not null
);
create index visits_project on visits (project_id, day);
create index visits_person on visits (person_id);

-- What a sponsor notes of a visit for herself alone: apart, so that nothing that lists visits
-- reads it.
create table visit_privates (
  visit_id text primary key references visits (id) on delete cascade,
  body text not null
);

-- +goose Down
drop table visit_privates;
drop table visits;
