-- +goose Up
-- What a project is once its place is confirmed, or once a programme's team writes it
-- down: it lives on after the file it came from.
create table projects (
  id text primary key,
  edition_id text not null references editions (id),
  application_id text references applications (id),
  title text not null,
  summary text not null,
  status text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null
);
create unique index projects_application on projects (application_id);
create index projects_edition on projects (edition_id);

-- What the cards of boards became in a project. due is a day (YYYY-MM-DD) or empty, body
-- the fields of the card as JSON.
create table project_items (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  kind text not null,
  title text not null,
  detail text not null,
  level bigint,
  level_label text not null,
  owner text not null,
  due text not null,
  amount bigint,
  body text not null,
  board_id text not null,
  card_id text not null,
  state text not null,
  made_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index project_items_card on project_items (board_id, card_id, kind);
create index project_items_project on project_items (project_id, kind);

-- People together for a time, on an edition's projects. Days are written YYYY-MM-DD, in
-- the zone of the place.
create table gatherings (
  id text primary key,
  edition_id text not null references editions (id),
  title text not null,
  about text not null,
  place text not null,
  zone text not null,
  starts_on text not null,
  ends_on text not null,
  status text not null,
  join_code text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  opened_at timestamptz,
  closed_at timestamptz
);
create unique index gatherings_code on gatherings (join_code);
create index gatherings_edition on gatherings (edition_id);

-- Who is, was or is asked to be in a gathering. Without a person: invited, and has not
-- answered. left_by says who ended it.
create table participants (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  person_id text references people (id),
  invitation_id text references invitations (id),
  email text not null,
  name text not null,
  role text not null,
  project_id text references projects (id),
  organisation text not null,
  added_by text not null,
  added_at timestamptz not null,
  joined_at timestamptz,
  left_at timestamptz,
  left_by text not null,
  version bigint not null
);
create unique index participants_seat on participants (gathering_id, person_id) where left_at is null;
create index participants_person on participants (person_id);
create index participants_invitation on participants (invitation_id);

-- What a sign-in is good for: these actions of the policy table, separated by spaces, on
-- that object and on what it contains. Null for everything its person may do.
alter table logins add column limited_to text;
alter table logins add column limited_kind text;
alter table logins add column limited_id text;
