-- +goose Up
-- What the lead says of a text that the report may quote: choice is '' for as the report draws,
-- 'picked' or 'dropped'. verbatim says where the words stand; they are not copied.
create table report_quotes (
  edition_id text not null references editions (id),
  verbatim text not null,
  choice text not null,
  version bigint not null,
  chosen_at timestamptz not null,
  chosen_by text not null,
  primary key (edition_id, verbatim)
);

-- When a team was told that visitors see its sheet, null when it was not: those that were
-- public before anybody was told count as told.
alter table showcase_sheets add column told_at timestamptz;
update showcase_sheets set told_at = published_at where public <> '';

-- +goose Down
alter table showcase_sheets drop column told_at;
drop table report_quotes;
