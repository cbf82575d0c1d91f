-- +goose Up
-- Who sponsors a project, and who did: one at a time, which the index holds. handover is what
-- was said to the next one when this one ended.
create table sponsorships (
  id text primary key,
  project_id text not null references projects (id),
  person_id text not null references people (id),
  begun_at timestamptz not null,
  begun_by text not null,
  ended_at timestamptz,
  ended_by text not null,
  handover text not null
);
create unique index sponsorships_one on sponsorships (project_id) where ended_at is null;
create index sponsorships_person on sponsorships (person_id);

-- +goose Down
drop table sponsorships;
