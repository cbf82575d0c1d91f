-- +goose Up
-- A laptop that carries a gathering to a place without Internet. At home its key, kept as
-- a digest; on the laptop, the same row, so that both speak of the same venue.
create table venues (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  label text not null,
  key_digest text not null unique,
  created_at timestamptz not null,
  created_by text not null,
  revoked_at timestamptz,
  revoked_by text not null,
  taken_at timestamptz,
  brought_at timestamptz
);
create index venues_gathering on venues (gathering_id);

-- Each operation that was written at a venue, and what became of it at home. v is its
-- number at the venue, v0 the first one it had there; what its author had seen is what home had up to fork, and what the
-- venue had up to upto. home_n is the number it was given at home. The same table on both
-- sides: on the laptop, what waits.
create table venue_ops (
  id text primary key,
  venue_id text not null references venues (id) on delete cascade,
  board_id text not null references boards (id) on delete cascade,
  client text not null,
  seq bigint not null,
  v bigint not null,
  v0 bigint not null,
  fork bigint not null,
  upto bigint not null,
  undoes_client text not null,
  undoes_seq bigint not null,
  person text not null,
  at timestamptz not null,
  op text not null,
  late text not null,
  fate text not null,
  why text not null,
  home_n bigint,
  settled_at timestamptz,
  unique (board_id, client, seq)
);
create index venue_ops_venue on venue_ops (venue_id, board_id, v);

-- On the laptop: up to which number of home a board is what home has, under which numbers,
-- and how it was then. segments says by how much numbers differ, from where (JSON).
create table venue_boards (
  board_id text primary key references boards (id) on delete cascade,
  fork_home bigint not null,
  fork_venue bigint not null,
  segments text not null,
  state text not null
);

-- On the laptop: with what each person who has a seat at home comes in.
create table venue_codes (
  person_id text primary key references people (id),
  code_digest text not null unique,
  drawn_at timestamptz not null
);

-- Numbers below it were given anew: who has one of them is told the whole board.
alter table boards add column renumbered_n bigint not null default 0;

-- +goose Down
alter table boards drop column renumbered_n;
drop table venue_codes;
drop table venue_boards;
drop table venue_ops;
drop table venues;
