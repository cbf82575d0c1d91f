-- +goose Up
-- A selection takes files of a call, has a committee read them, deliberate and decide.
-- A call has one, or two that follow each other (round 1, round 2).
create table selections (
  id text primary key,
  call_id text not null references calls (id) on delete cascade,
  stage_id text references stages (id),
  round bigint not null,
  name_fr text not null,
  name_en text not null,
  status text not null,
  blind text not null,
  others text not null,
  names_public boolean not null,
  bidding boolean not null,
  readers bigint not null,
  target bigint,
  reviews_due_at timestamptz,
  deliberates_at timestamptz,
  confidentiality_fr text not null,
  confidentiality_en text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  reading_at timestamptz,
  deliberation_at timestamptz,
  decided_at timestamptz,
  announced_at timestamptz,
  unique (call_id, round)
);

-- A member is a person and the organisation she sits for; the person is known once the
-- invitation is accepted. Nobody is deleted: a mandate ends.
create table committee_members (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  person_id text references people (id),
  invitation_id text,
  email text not null,
  name text not null,
  organisation_id text references organisations (id),
  role text not null,
  status text not null,
  competences text not null,
  presence text not null,
  least bigint not null,
  most bigint not null,
  mandate_from timestamptz,
  mandate_until timestamptz,
  invited_by text not null,
  invited_at timestamptz not null,
  answered_at timestamptz,
  confidentiality text not null,
  confidentiality_at timestamptz,
  declared_at timestamptz,
  ended_at timestamptz,
  reason text not null,
  version bigint not null
);
create index committee_members_selection on committee_members (selection_id, status);
create index committee_members_person on committee_members (person_id);
-- A person sits once; a seat that ended stays beside the one that replaces it.
create unique index committee_members_once on committee_members (selection_id, person_id) where status = 'sitting';

-- A recusal closes one file to one member, from the moment it is found or declared; only
-- the chair's waiver opens it again. One line a member and a file: its causes are listed.
create table recusals (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  member_id text not null references committee_members (id) on delete cascade,
  status text not null,
  found_at timestamptz not null,
  declared_by text not null,
  waived_by text not null,
  waived_at timestamptz,
  waiver_reason text not null,
  version bigint not null,
  unique (member_id, application_id)
);
create index recusals_selection on recusals (selection_id, application_id);

create table recusal_causes (
  id text primary key,
  recusal_id text not null references recusals (id) on delete cascade,
  kind text not null,
  source text not null,
  detail text not null,
  added_by text not null,
  added_at timestamptz not null
);
create index recusal_causes_recusal on recusal_causes (recusal_id);

-- What a project's team asks before the reading: that an organisation, or somebody, does
-- not read its file. It bears on whoever sits now or later.
create table oppositions (
  id text primary key,
  application_id text not null references applications (id),
  organisation_id text references organisations (id),
  name text not null,
  reason text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  withdrawn_at timestamptz
);
create index oppositions_application on oppositions (application_id);

-- Who reads what, as published. Proposals of the engine are kept apart.
create table assignments (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  member_id text not null references committee_members (id) on delete cascade,
  source text not null,
  assigned_by text not null,
  assigned_at timestamptz not null,
  ended_at timestamptz,
  end_reason text not null
);
create index assignments_selection on assignments (selection_id, application_id);
create index assignments_member on assignments (member_id);
create unique index assignments_live on assignments (member_id, application_id) where ended_at is null;

-- The selection in which a file stands now, and how far that one is: a file that was
-- refused in a first round does not move with the second.
alter table applications add column selection_id text;
alter table applications add column phase bigint not null default 0;
alter table applications add column veiled boolean not null default false;
create index applications_selection on applications (selection_id);
