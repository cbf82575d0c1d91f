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

-- +goose Down
drop table report_quotes;
