-- +goose Up
-- How a sign-in was proved, in order, and when proofs of two kinds were there.
alter table logins add column methods text not null default 'mail';
alter table logins add column strong_at timestamptz;

-- Whether the person has a second factor: her account is then not merged into another.
alter table people add column second_factor boolean not null default false;

create table passkeys (
  id text primary key,
  person_id text not null references people (id),
  name text not null,
  credential_id text not null unique,
  public_key bytea not null,
  aaguid text not null,
  transports text not null,
  sign_count bigint not null,
  backup_eligible boolean not null,
  backup_state boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkeys_person on passkeys (person_id);

-- The secret is sealed with a key of the data folder; last_step is the last step of
-- time whose code was taken, which is never taken again.
create table one_time_codes (
  person_id text primary key references people (id),
  secret bytea not null,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  last_step bigint not null
);

create table recovery_codes (
  id text primary key,
  person_id text not null references people (id),
  digest text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create unique index recovery_codes_digest on recovery_codes (person_id, digest);

create table factor_resets (
  id text primary key,
  person_id text not null references people (id),
  reset_by text not null,
  reason text not null,
  reset_at timestamptz not null
);
create index factor_resets_person on factor_resets (person_id);

-- What a browser was given to answer, once and for a short time: the challenge of a
-- passkey, the state of a sign-in at a provider, what a provider proved.
create table ceremonies (
  id text primary key,
  kind text not null,
  token_hash text not null unique,
  browser_hash text not null,
  person_id text references people (id),
  data bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index ceremonies_expiry on ceremonies (expires_at);

create table identities (
  id text primary key,
  person_id text not null references people (id),
  provider text not null,
  issuer text not null,
  subject text not null,
  email text not null,
  siret text not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create unique index identities_subject on identities (issuer, subject);
create index identities_person on identities (person_id);

-- What ends the sign-in at the provider too: the sealed identity token.
create table provider_logins (
  login_id text primary key references logins (id) on delete cascade,
  provider text not null,
  id_token bytea not null
);
