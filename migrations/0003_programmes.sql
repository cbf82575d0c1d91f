-- +goose Up
-- Agencies, programmes, editions and calls are public: their ids are readable
-- slugs chosen once ("normandie-2018"), the first part of their address.
create table agencies (
  id text primary key,
  organisation_id text references organisations (id),
  name_fr text not null,
  name_en text not null,
  about_fr text not null,
  about_en text not null,
  contact text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz
);

create table programmes (
  id text primary key,
  agency_id text not null references agencies (id),
  name_fr text not null,
  name_en text not null,
  about_fr text not null,
  about_en text not null,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz
);
create index programmes_agency on programmes (agency_id);

create table editions (
  id text primary key,
  programme_id text not null references programmes (id),
  name_fr text not null,
  name_en text not null,
  theme_fr text not null,
  theme_en text not null,
  about_fr text not null,
  about_en text not null,
  place text not null,
  territory text not null,
  zone text not null,
  status text not null,
  journey text not null,
  cloned_from text,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz,
  published_at timestamptz,
  closed_at timestamptz
);
create index editions_programme on editions (programme_id);

create table stages (
  id text primary key,
  edition_id text not null references editions (id),
  position bigint not null,
  kind text not null,
  name_fr text not null,
  name_en text not null,
  about_fr text not null,
  about_en text not null,
  opens_at timestamptz,
  closes_at timestamptz,
  target bigint,
  settings text not null
);
create index stages_edition on stages (edition_id, position);

create table journeys (
  id text primary key,
  agency_id text not null references agencies (id),
  name_fr text not null,
  name_en text not null,
  content text not null,
  version bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index journeys_agency on journeys (agency_id);
