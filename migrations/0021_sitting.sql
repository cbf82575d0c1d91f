-- +goose Up
-- How somebody takes part in a sitting, and who noted it: '' when she did herself.
alter table attendances add column mode text not null default '';
alter table attendances add column noted_by text not null default '';

-- Whether the minutes need a second signature, and what is watched of what is retained.
alter table deliberations add column countersigned boolean not null default false;
alter table deliberations add column portfolio text not null default '{}';

-- Minutes whose signature was withdrawn, as they had been signed.
create table voided_minutes (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  content text not null,
  digest text not null,
  signed_by text not null,
  signed_at timestamptz not null,
  countersigned_by text not null,
  countersigned_at timestamptz,
  voided_by text not null,
  voided_at timestamptz not null,
  reason text not null
);
create index voided_minutes_selection on voided_minutes (selection_id, voided_at);
