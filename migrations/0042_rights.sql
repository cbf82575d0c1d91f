-- +goose Up
-- What a funder gives an edition, in minutes of expertise. day_cents is 0 when no money is
-- counted; missed_rule is consume or release.
create table right_funds (
  id text primary key,
  edition_id text not null references editions (id),
  funder text not null,
  name text not null,
  subjects text not null,
  first_day text not null,
  last_day text not null,
  day_minutes bigint not null check (day_minutes > 0),
  day_cents bigint not null check (day_cents >= 0),
  ceiling_minutes bigint not null check (ceiling_minutes > 0),
  notice_hours bigint not null check (notice_hours >= 0),
  missed_rule text not null,
  made_by text not null,
  made_at timestamptz not null
);
create index right_funds_edition on right_funds (edition_id);

-- The part of a fund that a project was granted. granted never passes the ceiling of the fund:
-- the statement that raises it decides.
create table right_shares (
  fund_id text not null references right_funds (id),
  project_id text not null references projects (id),
  granted bigint not null check (granted >= 0),
  last_day text not null,
  warned_at timestamptz,
  primary key (fund_id, project_id)
);
create index right_shares_project on right_shares (project_id);

-- Accounts in minutes. source is the outside world, the only one that may be below zero: it
-- stands against all that a fund gave, so that the sum of all accounts is zero. project_id is
-- empty for source and budget.
create table right_accounts (
  fund_id text not null references right_funds (id),
  project_id text not null,
  kind text not null,
  balance bigint not null,
  primary key (fund_id, project_id, kind),
  check (kind = 'source' or balance >= 0)
);

create table right_requests (
  id text primary key,
  project_id text not null references projects (id),
  fund_id text not null references right_funds (id),
  subject text not null,
  purpose text not null,
  minutes bigint not null check (minutes > 0),
  urgency text not null,
  language text not null,
  status text not null,
  expert_id text references experts (id),
  booked_for timestamptz,
  team_minutes bigint,
  expert_minutes bigint,
  consumed bigint not null,
  missed_side text not null,
  reason text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  ended_at timestamptz,
  ended_by text not null,
  version bigint not null
);
create index right_requests_project on right_requests (project_id);
create index right_requests_expert on right_requests (expert_id);

-- A request sent to one expert, and what she answered: yes, no, not_me or other; empty until then.
create table right_asks (
  id text primary key,
  request_id text not null references right_requests (id),
  expert_id text not null references experts (id),
  answer text not null,
  words text not null,
  sent_at timestamptz not null,
  answered_at timestamptz,
  reminded_at timestamptz,
  unique (request_id, expert_id)
);
create index right_asks_expert on right_asks (expert_id);

-- Movements are never changed nor deleted: what was wrong is moved back by another one.
create table right_movements (
  id text primary key,
  seq bigint not null,
  fund_id text not null references right_funds (id),
  act text not null,
  request_id text references right_requests (id),
  reason text not null,
  made_by text not null,
  made_at timestamptz not null,
  unique (fund_id, seq)
);

create table right_entries (
  movement_id text not null references right_movements (id),
  fund_id text not null,
  project_id text not null,
  kind text not null,
  amount bigint not null check (amount <> 0),
  primary key (movement_id, project_id, kind),
  foreign key (fund_id, project_id, kind) references right_accounts (fund_id, project_id, kind)
);
create index right_entries_account on right_entries (fund_id, project_id, kind);

-- +goose Down
drop table right_entries;
drop table right_movements;
drop table right_asks;
drop table right_requests;
drop table right_accounts;
drop table right_shares;
drop table right_funds;
