-- +goose Up
-- What somebody outside the committee is asked about one file, for a time. The form is
-- frozen when it is asked; content is what she handed in, the answers beside it are what
-- is being written.
create table opinions (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  invitation_id text references invitations (id),
  person_id text references people (id),
  email text not null,
  name text not null,
  organisation_id text references organisations (id),
  status text not null,
  question text not null,
  form text not null,
  attached boolean not null,
  content text,
  due_at timestamptz not null,
  asked_by text not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  confidentiality text not null,
  submitted_at timestamptz,
  ended_at timestamptz,
  reason text not null,
  version bigint not null
);
create index opinions_selection on opinions (selection_id, application_id);
create index opinions_person on opinions (person_id);

create table opinion_answers (
  opinion_id text not null references opinions (id) on delete cascade,
  field text not null,
  value text not null,
  version bigint not null,
  saved_at timestamptz not null,
  primary key (opinion_id, field)
);

-- A text that came from another page or from a device that was offline, kept until its
-- author chooses.
create table opinion_variants (
  id text primary key,
  opinion_id text not null references opinions (id) on delete cascade,
  field text not null,
  value text not null,
  base bigint not null,
  kept_at timestamptz not null,
  settled_at timestamptz,
  outcome text not null
);
create index opinion_variants_opinion on opinion_variants (opinion_id);

-- A reading that a member proposes to another one.
create table handovers (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  from_member text not null references committee_members (id) on delete cascade,
  to_member text not null references committee_members (id) on delete cascade,
  status text not null,
  reason text not null,
  proposed_at timestamptz not null,
  answered_at timestamptz,
  version bigint not null
);
create index handovers_selection on handovers (selection_id, application_id);
create unique index handovers_one on handovers (application_id, from_member) where status = 'proposed';
