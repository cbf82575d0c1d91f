-- +goose Up
-- What a project means to do after the days, what it needs and what stops it. Days are
-- written YYYY-MM-DD, in the zone of the edition, or are empty. item_id is the item of the
-- project's file that an entry was taken from.
create table roadmap_entries (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  kind text not null,
  title text not null,
  body text not null,
  carried_by text not null,
  starts_on text not null,
  due_on text not null,
  state text not null,
  reason text not null,
  after_id text references roadmap_entries (id),
  item_id text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  updated_by text not null,
  closed_at timestamptz
);
create index roadmap_entries_project on roadmap_entries (project_id, kind);
create index roadmap_entries_after on roadmap_entries (after_id);
create unique index roadmap_entries_item on roadmap_entries (project_id, item_id) where item_id <> '';

-- What each entry was, field by field: the journal holds no words of people.
create table roadmap_changes (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  entry_id text not null references roadmap_entries (id) on delete cascade,
  at timestamptz not null,
  made_by text not null,
  field text not null,
  was text not null,
  became text not null
);
create index roadmap_changes_project on roadmap_changes (project_id, at);
create index roadmap_changes_entry on roadmap_changes (entry_id);

-- +goose Down
drop table roadmap_changes;
drop table roadmap_entries;
