-- +goose Up
-- The themes into which what people said is sorted, by edition.
create table themes (
  id text primary key,
  edition_id text not null references editions (id),
  name text not null,
  meaning text not null,
  retired boolean not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null
);
create index themes_edition on themes (edition_id);

-- What somebody read in a verbatim: themes is a JSON list, empty when none fits. verbatim
-- says where the words stand; they are not copied, so that what is withdrawn is gone.
create table theme_readings (
  edition_id text not null references editions (id),
  verbatim text not null,
  coder text not null,
  themes text not null,
  version bigint not null,
  read_at timestamptz not null,
  primary key (edition_id, verbatim, coder)
);

-- +goose Down
drop table theme_readings;
drop table themes;
