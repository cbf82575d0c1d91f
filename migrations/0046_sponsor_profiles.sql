-- +goose Up
-- What the team of an edition knows of somebody who may sponsor its projects. subjects is a
-- JSON list of words; capacity is how many projects she may go with at once.
create table sponsor_profiles (
  edition_id text not null references editions (id),
  person_id text not null references people (id),
  subjects text not null,
  territory text not null,
  capacity bigint not null check (capacity >= 0),
  version bigint not null,
  updated_at timestamptz not null,
  primary key (edition_id, person_id)
);
create index sponsor_profiles_person on sponsor_profiles (person_id);

-- +goose Down
drop table sponsor_profiles;
