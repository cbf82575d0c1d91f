-- +goose Up
-- n is the last number given, moved in the transaction that writes the log, so that two
-- nodes never give one number twice. The row changes with each operation: what is large
-- stands apart.
create table boards (
  id text primary key,
  gathering_id text not null,
  project_id text,
  title text not null,
  kit_id text not null,
  variant text not null,
  n bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  closed_at timestamptz,
  cards bigint not null default 0, -- what the list of a gathering shows, kept with n
  phase text not null default '',
  changed_at timestamptz
);
create index boards_gathering on boards (gathering_id);
create index boards_project on boards (project_id);

-- A board stays on the kit it was made from: its content stands here. state is a snapshot
-- at snapshot_n; what came after is in the log. id is that of the board.
create table board_sheets (
  id text primary key references boards (id) on delete cascade,
  kit text not null,
  state text not null,
  snapshot_n bigint not null
);

-- Every operation of a board, in order. client and seq are the identity of an operation,
-- and make its id: the same pair is the same one, however often it is sent.
create table board_log (
  id text primary key,
  board_id text not null references boards (id) on delete cascade,
  n bigint not null,
  client text not null,
  seq bigint not null,
  person text not null,
  at timestamptz not null,
  op text not null,
  inverse text not null,
  undoes bigint not null,
  unique (board_id, n)
);

-- What arrived too late for its step: the facilitator takes it in or leaves it.
create table board_late (
  id text primary key,
  board_id text not null references boards (id) on delete cascade,
  client text not null,
  seq bigint not null,
  person text not null,
  at timestamptz not null,
  op text not null,
  why text not null,
  settled_at timestamptz,
  settled_by text not null,
  kept boolean not null,
  unique (board_id, client, seq)
);

-- Where somebody was sent, when the people of a gathering are spread over boards: her
-- latest place.
create table board_places (
  id text primary key,
  gathering_id text not null,
  participant_id text not null unique,
  board_id text not null references boards (id) on delete cascade,
  at timestamptz not null,
  by_id text not null
);
create index board_places_board on board_places (board_id);

-- +goose Down
drop table board_places;
drop table board_late;
drop table board_log;
drop table board_sheets;
drop table boards;
