-- +goose Up
-- What the lead adds to the report of an edition: before and after a chapter, and whether she
-- hides it. The part '' is the report as a whole.
create table report_words (
  edition_id text not null references editions (id),
  part text not null,
  said_before text not null,
  said_after text not null,
  left_out boolean not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null,
  primary key (edition_id, part)
);

-- +goose Down
drop table report_words;
