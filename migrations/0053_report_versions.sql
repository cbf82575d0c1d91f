-- +goose Up
-- A report as it was said one day: figures, words, what was hidden; content is JSON and never
-- changes. shared says who else reads it: '' nobody, 'funders' or 'public'; one version of an
-- edition at a time, so that nobody compares two.
create table report_versions (
  edition_id text not null references editions (id),
  number bigint not null,
  content text not null,
  note text not null,
  made_at timestamptz not null,
  made_by text not null,
  shared text not null,
  published_at timestamptz,
  published_by text not null,
  primary key (edition_id, number)
);
create unique index report_versions_shared on report_versions (edition_id) where shared <> '';

-- +goose Down
drop table report_versions;
