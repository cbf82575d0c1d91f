-- +goose Up
-- A meeting of the partners of an edition: one project after the other on everybody's screen.
-- state is planned, running or over; project_id has the floor, spent and extra count in
-- milliseconds. beats grows with every change that an open page shows.
create table assemblies (
  id text primary key,
  edition_id text not null references editions (id),
  title text not null,
  held_on text not null,
  place text not null,
  state text not null,
  project_id text references projects (id) on delete set null,
  running_since timestamptz,
  spent bigint not null,
  extra bigint not null,
  beats bigint not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null
);
create index assemblies_edition on assemblies (edition_id, held_on);

-- The projects of a meeting, in their order, with the minutes of each.
create table assembly_turns (
  assembly_id text not null references assemblies (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  seq bigint not null,
  minutes bigint not null,
  primary key (assembly_id, project_id)
);
create index assembly_turns_project on assembly_turns (project_id);

-- Who sits in a meeting: nothing is projected that one of them does not read.
create table assembly_partners (
  assembly_id text not null references assemblies (id) on delete cascade,
  partner_id text not null references partners (id),
  primary key (assembly_id, partner_id)
);
create index assembly_partners_partner on assembly_partners (partner_id);

-- What was said to a project in a meeting: an offer or a commitment.
create table assembly_sayings (
  id text primary key,
  assembly_id text not null references assemblies (id) on delete cascade,
  proposal_id text references proposals (id) on delete cascade,
  commitment_id text references commitments (id) on delete cascade,
  said_at timestamptz not null
);
create index assembly_sayings_assembly on assembly_sayings (assembly_id, said_at);
create index assembly_sayings_proposal on assembly_sayings (proposal_id);
create index assembly_sayings_commitment on assembly_sayings (commitment_id);

-- +goose Down
drop table assembly_sayings;
drop table assembly_partners;
drop table assembly_turns;
drop table assemblies;
