-- +goose Up
-- A time during which the members of a committee say which of two files they prefer. A
-- selection has one open at most; each stands alone, and the last one that closed counts.
create table comparison_rounds (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  number bigint not null,
  status text not null,
  fields text not null,
  advised bigint not null,
  seed bigint not null,
  opened_by text not null,
  opened_at timestamptz not null,
  closed_by text not null,
  closed_at timestamptz,
  version bigint not null,
  unique (selection_id, number)
);
create unique index comparison_rounds_open on comparison_rounds (selection_id) where status = 'open';

-- One line for each pair shown to a member, in their order: turn. What she chose is empty
-- until she answers. A line is answered once; what she takes back is shown again as another
-- turn, so that an answer that arrives late never counts for the wrong one.
create table comparisons (
  id text primary key,
  round_id text not null references comparison_rounds (id) on delete cascade,
  member_id text not null references committee_members (id) on delete cascade,
  turn bigint not null,
  left_id text not null references applications (id),
  right_id text not null references applications (id),
  choice text not null,
  note text not null,
  shown_at timestamptz not null,
  answered_at timestamptz,
  unique (round_id, member_id, turn)
);
create index comparisons_left on comparisons (left_id);
create index comparisons_right on comparisons (right_id);
