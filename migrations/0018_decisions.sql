-- +goose Up
-- An announcement tells the decisions of a selection, all at once and only once. Its mails
-- are prepared first, read, and held back until it is made.
create table announcements (
  selection_id text primary key references selections (id) on delete cascade,
  confirm_by timestamptz not null,
  appeal_months bigint not null,
  winners_public boolean not null,
  prepared_by text not null,
  prepared_at timestamptz,
  announced_by text not null,
  announced_at timestamptz,
  version bigint not null
);

-- A decision is contested by those who answer for the file, and answered with reasons.
create table appeals (
  id text primary key,
  decision_id text not null references decisions (id) on delete cascade,
  application_id text not null references applications (id),
  grounds text not null,
  lodged_by text not null,
  lodged_at timestamptz not null,
  lodge_until timestamptz not null,
  status text not null,
  answer text not null,
  answered_by text not null,
  answered_at timestamptz,
  version bigint not null
);
create index appeals_application on appeals (application_id);
create unique index appeals_one_open on appeals (decision_id) where status = 'open';

-- What a decision was before an appeal replaced it, with all its dates.
create table decision_revisions (
  id text primary key,
  decision_id text not null references decisions (id) on delete cascade,
  appeal_id text not null references appeals (id) on delete cascade,
  outcome text not null,
  reserve_rank bigint,
  reason text not null,
  wording text not null,
  comments text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  announced_at timestamptz,
  confirm_by timestamptz,
  confirmed_at timestamptz,
  gave_up_at timestamptz,
  promoted_at timestamptz,
  replaced_by text not null,
  replaced_at timestamptz not null
);
create index decision_revisions_decision on decision_revisions (decision_id);
