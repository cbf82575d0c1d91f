-- +goose Up
-- How often the projects of an edition are asked what is new: from first_on to last_on, every
-- so many weeks. Days are written YYYY-MM-DD, in the zone of the edition.
create table news_rhythms (
  edition_id text primary key references editions (id) on delete cascade,
  first_on text not null,
  last_on text not null,
  weeks bigint not null check (weeks between 1 and 26),
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null
);

-- One time of asking; due_on decides between two processes that find the same day.
create table news_rounds (
  id text primary key,
  edition_id text not null references editions (id) on delete cascade,
  due_on text not null,
  opened_at timestamptz not null,
  closes_at timestamptz not null,
  opened_by text not null,
  unique (edition_id, due_on)
);

-- The way in of one person for one project; links are known by their digest alone.
create table news_links (
  id text primary key,
  round_id text not null references news_rounds (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  person_id text not null references people (id),
  link_hash text not null unique,
  reminder_hash text unique,
  reminded_at timestamptz,
  unique (round_id, project_id, person_id)
);

-- What was told: each sending is kept, the last one of a project in a round holds.
create table news_told (
  id text primary key,
  round_id text not null references news_rounds (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  state text not null,
  moved text not null,
  blocks text not null,
  told_at timestamptz not null,
  told_by text not null
);
create index news_told_project on news_told (project_id, told_at);
create index news_told_round on news_told (round_id, project_id, told_at);

-- +goose Down
drop table news_told;
drop table news_links;
drop table news_rounds;
drop table news_rhythms;
