-- +goose Up
-- Experts vetted by a programme. Day rate in cents, 0 for the gift of a partner; capacity in
-- minutes, between two days. status is invited, active, declined or revoked; subjects and
-- languages are JSON lists of words.
create table experts (
  id text primary key,
  programme_id text not null references programmes (id),
  person_id text references people (id),
  invitation_id text not null,
  email text not null,
  name text not null,
  organisation text not null,
  subjects text not null,
  languages text not null,
  territory text not null,
  availability text not null,
  partner text not null,
  day_cents bigint not null check (day_cents >= 0),
  capacity_minutes bigint not null check (capacity_minutes >= 0),
  capacity_from text not null,
  capacity_until text not null,
  status text not null,
  added_by text not null,
  added_at timestamptz not null,
  revoked_at timestamptz,
  version bigint not null
);
create unique index experts_email on experts (programme_id, email) where email <> '';
create index experts_person on experts (person_id);

-- Whom an expert will not serve: a project, or an organisation by its name.
create table expert_conflicts (
  id text primary key,
  expert_id text not null references experts (id) on delete cascade,
  project_id text references projects (id) on delete cascade,
  organisation text not null,
  declared_by text not null,
  declared_at timestamptz not null
);
create index expert_conflicts_expert on expert_conflicts (expert_id);

-- +goose Down
drop table expert_conflicts;
drop table experts;
