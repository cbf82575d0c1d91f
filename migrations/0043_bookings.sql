-- +goose Up
-- When somebody can be met. body is JSON: the week, days off, single windows; minutes,
-- pause in minutes, notice in hours, ahead in days.
create table booking_hours (
  person_id text primary key references people (id),
  zone text not null,
  minutes bigint not null,
  pause bigint not null,
  notice bigint not null,
  ahead bigint not null,
  place text not null,
  video text not null,
  body text not null,
  version bigint not null,
  updated_at timestamptz not null
);

-- A meeting of who helps a project with somebody of its team. origin is slot, proposal or
-- agreed; state is booked, cancelled, refused, held or missed. about_kind and about_id name
-- what the help stands on. notice is what the helper asked for when it was made, in hours.
create table bookings (
  id text primary key,
  project_id text not null references projects (id),
  helper_id text not null references people (id),
  guest_id text not null references people (id),
  about_kind text not null,
  about_id text not null,
  origin text not null,
  subject text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  place text not null,
  video text not null,
  notice bigint not null,
  state text not null,
  sequence bigint not null,
  made_by text not null,
  made_at timestamptz not null,
  changed_at timestamptz not null,
  ended_by text not null,
  ended_before bigint not null,
  late boolean not null,
  reason text not null,
  helper_minutes bigint not null,
  guest_minutes bigint not null,
  missing text not null,
  notes text not null,
  reminded_at timestamptz,
  version bigint not null
);
create index bookings_project on bookings (project_id, starts_at);
create index bookings_helper on bookings (helper_id, starts_at);
create index bookings_guest on bookings (guest_id, starts_at);
create index bookings_starts on bookings (state, starts_at);

-- The time that a booking takes, in cells of five minutes counted from 1970: nobody is in
-- two meetings at once, because the key says so.
create table booking_cells (
  person_id text not null references people (id),
  cell bigint not null,
  booking_id text not null references bookings (id) on delete cascade,
  primary key (person_id, cell)
);
create index booking_cells_booking on booking_cells (booking_id);

-- Moments that a helper proposes to a project: one of them becomes a booking, the others
-- nothing. They keep nobody busy meanwhile. state is open, taken, declined or withdrawn.
create table booking_proposals (
  id text primary key,
  project_id text not null references projects (id),
  helper_id text not null references people (id),
  about_kind text not null,
  about_id text not null,
  subject text not null,
  place text not null,
  video text not null,
  minutes bigint not null,
  starts text not null,
  state text not null,
  booking_id text references bookings (id),
  made_at timestamptz not null,
  answered_at timestamptz
);
create index booking_proposals_project on booking_proposals (project_id, state);
create index booking_proposals_helper on booking_proposals (helper_id, state);

-- The secret address at which a calendar reads somebody's meetings: its digest alone.
create table booking_feeds (
  person_id text primary key references people (id),
  digest text not null,
  made_at timestamptz not null
);
create unique index booking_feeds_digest on booking_feeds (digest);

-- +goose Down
drop table booking_feeds;
drop table booking_proposals;
drop table booking_cells;
drop table bookings;
drop table booking_hours;
