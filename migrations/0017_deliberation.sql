-- +goose Up
-- The room in which a committee deliberates: one a selection. What is discussed now, in
-- which order, how long each file has, who presides when the chair stepped aside.
create table deliberations (
  selection_id text primary key references selections (id) on delete cascade,
  status text not null,
  quorum bigint not null,
  seconds bigint not null,
  named boolean not null,
  threshold double precision,
  envelope bigint,
  reasons text not null,
  discussion_order text not null,
  application_id text references applications (id),
  beside_id text references applications (id),
  discussion bigint not null,
  called_at timestamptz,
  timer_until timestamptz,
  deputy_id text references committee_members (id) on delete cascade,
  opened_by text not null,
  opened_at timestamptz,
  closed_at timestamptz,
  version bigint not null
);

-- Who is in the room: one line a stay.
create table attendances (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  person_id text not null references people (id),
  member_id text references committee_members (id) on delete cascade,
  entered_at timestamptz not null,
  left_at timestamptz
);
create unique index attendances_once on attendances (selection_id, person_id) where left_at is null;

-- Who stepped out for which file, and until when: a recusal, kept for the minutes.
create table absences (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  discussion bigint not null,
  person_id text not null references people (id),
  member_id text references committee_members (id) on delete cascade,
  left_at timestamptz not null,
  returned_at timestamptz
);
create index absences_selection on absences (selection_id, application_id);

-- What is put to the vote about a file. Counts are written when the vote closes.
create table motions (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  other_id text references applications (id),
  discussion bigint not null,
  kind text not null,
  wording text not null,
  status text not null,
  proposed_by text not null,
  proposed_at timestamptz not null,
  opened_at timestamptz,
  closed_at timestamptz,
  electors bigint not null,
  votes_for bigint not null,
  votes_against bigint not null,
  abstentions bigint not null,
  carried boolean not null,
  version bigint not null
);
create index motions_selection on motions (selection_id, application_id);
create unique index motions_one_vote on motions (selection_id) where status = 'voting';

create table votes (
  motion_id text not null references motions (id) on delete cascade,
  member_id text not null references committee_members (id) on delete cascade,
  choice text not null,
  cast_at timestamptz not null,
  primary key (motion_id, member_id)
);

-- What the committee decided of each file. What follows the announcement is written by it.
create table decisions (
  id text primary key,
  selection_id text not null references selections (id) on delete cascade,
  application_id text not null references applications (id),
  outcome text not null,
  other_id text references applications (id),
  reserve_rank bigint,
  motion_id text references motions (id) on delete cascade,
  reason text not null,
  wording text not null,
  comments text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  announced_at timestamptz,
  confirm_by timestamptz,
  confirmed_at timestamptz,
  confirmed_by text not null,
  gave_up_at timestamptz,
  gave_up_by text not null,
  gave_up_reason text not null,
  promoted_at timestamptz,
  version bigint not null,
  unique (selection_id, application_id)
);
create index decisions_application on decisions (application_id);

-- The minutes as they were signed; before that they are made from the record each time.
create table minutes (
  selection_id text primary key references selections (id) on delete cascade,
  content text not null,
  digest text not null,
  signed_by text not null,
  signed_at timestamptz not null,
  countersigned_by text not null,
  countersigned_at timestamptz,
  version bigint not null
);
