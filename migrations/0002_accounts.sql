-- +goose Up
create table people (
  id text primary key,
  name text not null,
  lang text not null,
  zone text not null,
  created_at timestamptz not null,
  welcomed_at timestamptz,
  disabled_at timestamptz,
  merged_into text references people (id)
);
create index people_merged on people (merged_into);

create table addresses (
  email text primary key,
  person_id text not null references people (id),
  main boolean not null,
  verified_at timestamptz not null
);
create index addresses_person on addresses (person_id);
create unique index addresses_main on addresses (person_id) where main;

create table logins (
  id text primary key,
  person_id text not null references people (id),
  token_hash text not null unique,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  device text not null,
  revoked_at timestamptz
);
create index logins_person on logins (person_id);

-- A link is known by three digests: of its address, of the page where it was
-- asked for, and of the code that may be typed there (salted by the page's secret).
create table login_links (
  id text primary key,
  token_hash text not null unique,
  page_hash text not null unique,
  code_hash text not null,
  tries bigint not null,
  email text not null,
  lang text not null,
  purpose text not null,
  person_id text references people (id),
  next text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index login_links_expiry on login_links (expires_at);

create table attempts (
  id text primary key,
  bucket text not null,
  at timestamptz not null
);
create index attempts_bucket on attempts (bucket, at);
create index attempts_at on attempts (at);

create table organisations (
  id text primary key,
  name text not null,
  folded text not null,
  kind text not null,
  siret text,
  rna text,
  domain text not null,
  territory text not null,
  successor_id text references organisations (id),
  parent_id text references organisations (id),
  created_at timestamptz not null,
  closed_at timestamptz
);
create unique index organisations_siret on organisations (siret);
create unique index organisations_rna on organisations (rna);
create index organisations_domain on organisations (domain);
create index organisations_folded on organisations (folded);
create index organisations_successor on organisations (successor_id);

create table organisation_names (
  organisation_id text not null references organisations (id),
  name text not null,
  folded text not null,
  until_at timestamptz not null,
  primary key (organisation_id, name)
);

create table organisation_members (
  organisation_id text not null references organisations (id),
  person_id text not null references people (id),
  function text not null,
  from_at timestamptz not null,
  until_at timestamptz,
  primary key (organisation_id, person_id, from_at)
);
create index organisation_members_person on organisation_members (person_id);

create table relations (
  id text primary key,
  subject_kind text not null,
  subject_id text not null,
  relation text not null,
  object_kind text not null,
  object_id text not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  granted_by text not null,
  reason text not null,
  granted_at timestamptz not null,
  revoked_at timestamptz
);
create index relations_subject on relations (subject_id, object_kind, object_id);
create index relations_object on relations (object_kind, object_id, relation);

create table exclusions (
  id text primary key,
  subject_kind text not null,
  subject_id text not null,
  object_kind text not null,
  object_id text not null,
  kind text not null,
  reason text not null,
  declared_by text not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  lifted_at timestamptz
);
create index exclusions_subject on exclusions (subject_id, object_kind, object_id);

create table invitations (
  id text primary key,
  token_hash text not null unique,
  email text not null,
  lang text not null,
  relation text not null,
  object_kind text not null,
  object_id text not null,
  object_name text not null,
  message text not null,
  invited_by text not null,
  relation_until timestamptz,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by text references people (id),
  declined_at timestamptz,
  revoked_at timestamptz
);
create index invitations_object on invitations (object_kind, object_id);
create index invitations_email on invitations (email);
