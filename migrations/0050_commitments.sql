-- +goose Up
-- What a partner promises a project. line_id is the need that it answers, when one is named; due
-- is written YYYY-MM-DD, empty for no day. moved_at is when its state changed last.
create table commitments (
  id text primary key,
  edition_id text not null references editions (id),
  project_id text not null references projects (id) on delete cascade,
  partner_id text not null references partners (id),
  line_id text references synthesis_lines (id) on delete set null,
  what text not null,
  due text not null,
  contact text not null,
  state text not null,
  why text not null,
  made_at timestamptz not null,
  made_by text not null,
  moved_at timestamptz not null,
  confirmed_at timestamptz,
  confirmed_by text not null,
  reminded_before_at timestamptz,
  reminded_after_at timestamptz,
  version bigint not null
);
create index commitments_edition on commitments (edition_id, partner_id);
create index commitments_project on commitments (project_id);
create index commitments_line on commitments (line_id);

-- +goose Down
drop table commitments;
