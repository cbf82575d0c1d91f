-- +goose Up
-- What who accompanies a project writes after a slot of a coaching, or outside any (sitting
-- is empty). The hours are those of the slot when the note was begun: a plan may change.
create table coaching_notes (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  sitting text not null,
  day text not null,
  from_minute bigint not null,
  to_minute bigint not null,
  participant_id text not null references participants (id) on delete cascade,
  begun_at timestamptz not null,
  unique (gathering_id, project_id, sitting, participant_id)
);
create index coaching_notes_participant on coaching_notes (participant_id);

-- The two texts of a note: field is shared or private, value JSON.
create table coaching_answers (
  note_id text not null references coaching_notes (id) on delete cascade,
  field text not null,
  value text not null,
  version bigint not null,
  saved_at timestamptz not null,
  primary key (note_id, field)
);

-- A text that came from another page or from a device that was offline, kept until its
-- author chooses.
create table coaching_variants (
  id text primary key,
  note_id text not null references coaching_notes (id) on delete cascade,
  field text not null,
  value text not null,
  base bigint not null,
  kept_at timestamptz not null,
  settled_at timestamptz,
  outcome text not null
);
create index coaching_variants_note on coaching_variants (note_id);

-- When an action was done, and who said so; null while it is not.
alter table project_items add column done_at timestamptz;
alter table project_items add column done_by text not null default '';

-- Files that people bring to a gathering. people says whether somebody can be recognised
-- and agreed; scope is how far who brings it lets it go. Withdrawn, its content goes.
create table gathering_deposits (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  activity text not null,
  project_id text references projects (id),
  participant_id text not null references participants (id) on delete cascade,
  title text not null,
  credit text not null,
  people text not null,
  scope text not null,
  kind text not null,
  mime text not null,
  name text not null,
  digest text not null,
  size bigint not null,
  width bigint not null,
  height bigint not null,
  added_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by text not null,
  version bigint not null
);
create index gathering_deposits_gathering on gathering_deposits (gathering_id, added_at);
create index gathering_deposits_digest on gathering_deposits (digest);

-- +goose Down
drop table gathering_deposits;
alter table project_items drop column done_by;
alter table project_items drop column done_at;
drop table coaching_variants;
drop table coaching_answers;
drop table coaching_notes;
