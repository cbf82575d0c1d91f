-- +goose Up
-- Who an edition asked to be its institutional partner. person_id is null until the invitation
-- is accepted; somebody who is removed and asked again has another row.
create table partners (
  id text primary key,
  edition_id text not null references editions (id),
  person_id text references people (id),
  invitation_id text not null,
  email text not null,
  name text not null,
  organisation text not null,
  status text not null,
  added_by text not null,
  added_at timestamptz not null,
  removed_by text not null,
  removed_at timestamptz
);
create index partners_edition on partners (edition_id, status);
create index partners_person on partners (person_id);
create index partners_invitation on partners (invitation_id);

-- The synthesis sheet of a project. version grows with every change of the sheet, of its lines
-- and of who reads them.
create table syntheses (
  project_id text primary key references projects (id) on delete cascade,
  state text not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null
);

-- A line of a sheet. origin says from what it was proposed and source which one, both empty
-- for what the team wrote by itself; what was thrown away stays, so that it is not proposed again.
create table synthesis_lines (
  id text primary key,
  project_id text not null references syntheses (project_id) on delete cascade,
  part text not null,
  body text not null,
  help text not null,
  addressee text not null,
  origin text not null,
  source text,
  seq bigint not null,
  state text not null,
  version bigint not null,
  made_at timestamptz not null,
  made_by text not null,
  updated_at timestamptz not null,
  unique (project_id, source)
);

-- Who reads a line: recipient is all or a partner. Consents are never deleted: they are their
-- own history.
create table synthesis_consents (
  id text primary key,
  line_id text not null references synthesis_lines (id) on delete cascade,
  recipient text not null,
  given_at timestamptz not null,
  given_by text not null,
  withdrawn_at timestamptz,
  withdrawn_by text not null
);
create unique index synthesis_consents_one on synthesis_consents (line_id, recipient) where withdrawn_at is null;

-- What a partner took away, and the words of each line as they were.
create table synthesis_exports (
  id text primary key,
  edition_id text not null references editions (id),
  partner_id text not null references partners (id),
  format text not null,
  made_at timestamptz not null
);
create index synthesis_exports_partner on synthesis_exports (partner_id);

create table synthesis_exported (
  export_id text not null references synthesis_exports (id) on delete cascade,
  line_id text not null references synthesis_lines (id) on delete cascade,
  body text not null,
  primary key (export_id, line_id)
);
create index synthesis_exported_line on synthesis_exported (line_id);

-- +goose Down
drop table synthesis_exported;
drop table synthesis_exports;
drop table synthesis_consents;
drop table synthesis_lines;
drop table syntheses;
drop table partners;
