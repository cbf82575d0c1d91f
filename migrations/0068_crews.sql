-- +goose Up
-- Who works on a project for a time fixed in advance. halves are half-days a week, of which
-- nobody gives more than ten to all her crews on one day: an acceptance holds the person
-- while it counts. Days are written YYYY-MM-DD, in the zone of the edition, both within.
create table crew_places (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  person_id text not null references people (id),
  part text not null,
  halves bigint not null check (halves between 1 and 10),
  from_on text not null,
  until_on text not null check (until_on >= from_on),
  status text not null,
  words text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  ended_by text not null,
  ended_at timestamptz
);
create index crew_places_project on crew_places (project_id, from_on);
create index crew_places_person on crew_places (person_id, from_on);
-- somebody is asked once at a time, and not while she is there
create unique index crew_places_open on crew_places (project_id, person_id) where status in ('asked', 'in');

-- +goose Down
drop table crew_places;
