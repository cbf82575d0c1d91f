-- +goose Up
-- What a partner offers a project, before anything is promised. line_id is the need that it
-- answers, when one is named; valid_until is written YYYY-MM-DD, empty for no day. state is
-- offered, accepted, promised (commitment_id says as what), declined or withdrawn.
create table proposals (
  id text primary key,
  edition_id text not null references editions (id),
  project_id text not null references projects (id) on delete cascade,
  partner_id text not null references partners (id),
  line_id text references synthesis_lines (id) on delete set null,
  kind text not null,
  body text not null,
  quantity text not null,
  valid_until text not null,
  state text not null,
  why text not null,
  commitment_id text references commitments (id) on delete set null,
  made_at timestamptz not null,
  made_by text not null,
  moved_at timestamptz not null,
  moved_by text not null,
  version bigint not null
);
create index proposals_edition on proposals (edition_id, partner_id);
create index proposals_project on proposals (project_id);
create index proposals_line on proposals (line_id);
create index proposals_commitment on proposals (commitment_id);

-- +goose Down
drop table proposals;
