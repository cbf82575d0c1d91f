-- +goose Up
-- What a project promises before it starts, approved at the top. An approved sheet never
-- changes: a change makes the next number. Days are written YYYY-MM-DD, in the zone of the
-- edition.
create table factory_sheets (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  number bigint not null,
  objectives text not null,
  resources text not null,
  deadlines text not null,
  status text not null,
  reasons text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  changed_at timestamptz not null,
  answered_by text not null,
  answered_at timestamptz,
  unique (project_id, number)
);
-- one sheet at a time is being written
create unique index factory_sheets_open on factory_sheets (project_id) where status <> 'approved';

create table factory_deliverables (
  id text primary key,
  sheet_id text not null references factory_sheets (id) on delete cascade,
  position bigint not null,
  title text not null,
  due_on text not null,
  delivered_on text not null,
  unique (sheet_id, position)
);

-- The days on which somebody decides whether a project goes on. decision is empty until then.
create table factory_gates (
  id text primary key,
  project_id text not null references projects (id) on delete cascade,
  name text not null,
  day text not null,
  decision text not null,
  reasons text not null,
  learnt text not null,
  kept text not null,
  thanks text not null,
  next_carrier text not null,
  created_at timestamptz not null,
  created_by text not null,
  decided_at timestamptz,
  decided_by text not null
);
create index factory_gates_project on factory_gates (project_id, day);

-- +goose Down
drop table factory_gates;
drop table factory_deliverables;
drop table factory_sheets;
