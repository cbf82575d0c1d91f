-- +goose Up
-- A kit that an edition wrote. draft is the kit as it is being written, with its faults,
-- and revision the number of its saves; version is the last one published, 0 for none,
-- made from the draft at published_revision.
create table kits (
  id text primary key,
  edition_id text not null references editions (id),
  title text not null,
  draft text not null,
  revision bigint not null,
  version bigint not null,
  published_revision bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  retired_at timestamptz
);
create index kits_edition on kits (edition_id);

-- A published version is never changed: boards are made from it.
create table kit_versions (
  id text primary key,
  kit_id text not null references kits (id) on delete cascade,
  number bigint not null,
  body text not null,
  published_at timestamptz not null,
  published_by text not null,
  unique (kit_id, number)
);

-- +goose Down
drop table kit_versions;
drop table kits;
