-- +goose Up
-- Pictures that people put on cards: only the copy without anything but what it shows is
-- kept. The same picture sent by two people is two rows on one content.
create table board_pictures (
  id text primary key,
  board_id text not null references boards (id) on delete cascade,
  person text not null,
  digest text not null,
  size bigint not null,
  width bigint not null,
  height bigint not null,
  added_at timestamptz not null,
  unique (board_id, digest, person)
);

-- What a printed code leads to: a zone ("z/ZONE"), the card that answers a prompt
-- ("p/DECK.PROMPT"), a blank card of a type ("n/TYPE/NUMBER"). board_id is empty for what
-- is printed for every board of a kit in a gathering: each team finds its own.
create table board_codes (
  code text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  board_id text not null,
  kit_id text not null,
  place text not null,
  made_at timestamptz not null,
  made_by text not null,
  unique (gathering_id, board_id, kit_id, place)
);

-- +goose Down
drop table board_codes;
drop table board_pictures;
