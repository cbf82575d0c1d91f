-- +goose Up
-- The grid of a selection. A revision that readers may have written with is never changed:
-- the next one stands beside it.
create table rubrics (
  selection_id text not null references selections (id) on delete cascade,
  revision bigint not null,
  content text not null,
  note text not null,
  version bigint not null,
  saved_at timestamptz not null,
  saved_by text not null,
  primary key (selection_id, revision)
);

-- One reading of a file by a member. What counts is content, frozen at each handing in;
-- the answers beside it are what is being written.
create table reviews (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  member_id text not null references committee_members (id) on delete cascade,
  alias text not null,
  status text not null,
  revision bigint not null,
  content text,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  submitted_at timestamptz,
  returned_at timestamptz,
  return_reason text not null,
  version bigint not null,
  unique (member_id, application_id),
  unique (application_id, alias)
);
create index reviews_selection on reviews (selection_id, application_id);

create table review_answers (
  review_id text not null references reviews (id) on delete cascade,
  field text not null,
  value text not null,
  version bigint not null,
  saved_at timestamptz not null,
  primary key (review_id, field)
);

-- A text that came from another page or from a device that was offline, kept until its
-- author chooses.
create table review_variants (
  id text primary key,
  review_id text not null references reviews (id) on delete cascade,
  field text not null,
  value text not null,
  base bigint not null,
  kept_at timestamptz not null,
  settled_at timestamptz,
  outcome text not null
);
create index review_variants_review on review_variants (review_id);

-- What readers do not see of a file: a whole answer (passage is empty), or some words
-- wherever they stand. Without a file it holds for all those of the selection.
create table redactions (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text references applications (id),
  field text not null,
  passage text not null,
  added_by text not null,
  added_at timestamptz not null,
  lifted_by text not null,
  lifted_at timestamptz
);
create index redactions_selection on redactions (selection_id, application_id);

-- Who was reminded of her readings, and on which day: never twice the same.
create table review_reminders (
  member_id text not null references committee_members (id) on delete cascade,
  day text not null,
  reminded_by text not null,
  at timestamptz not null,
  primary key (member_id, day)
);
