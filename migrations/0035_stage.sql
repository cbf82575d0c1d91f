-- +goose Up
-- The sequence of pitches of an activity as it runs. called are the projects whose turn
-- came, in that order; phase is ready, speak, ask or over; spent and extra are seconds of
-- the phase: before the last pause, and added to it. ballot are the projects that are
-- compared, once a vote was opened.
create table pitch_runs (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  activity_id text not null,
  called text not null,
  phase text not null,
  running_since timestamptz,
  spent bigint not null,
  extra bigint not null,
  ballot text not null,
  ballot_seed text not null,
  vote text not null,
  informs boolean not null,
  version bigint not null,
  unique (gathering_id, activity_id)
);

-- What somebody writes to a project about its pitch: its team alone reads it.
create table pitch_feedback (
  id text primary key,
  run_id text not null references pitch_runs (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  participant_id text not null references participants (id) on delete cascade,
  keeps text not null,
  asks text not null,
  signed boolean not null,
  written_at timestamptz not null,
  unique (run_id, project_id, participant_id)
);
create index pitch_feedback_participant on pitch_feedback (participant_id);

-- Which of two projects somebody would rather go on with; chosen is empty when she could not tell.
create table pitch_votes (
  id text primary key,
  run_id text not null references pitch_runs (id) on delete cascade,
  participant_id text not null references participants (id) on delete cascade,
  first_id text not null references projects (id) on delete cascade,
  second_id text not null references projects (id) on delete cascade,
  chosen text not null,
  voted_at timestamptz not null,
  unique (run_id, participant_id, first_id, second_id)
);
create index pitch_votes_participant on pitch_votes (participant_id);

-- A question to those who speak in an activity; state is asked, answering, answered or hidden.
create table live_questions (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  activity_id text not null,
  participant_id text not null references participants (id) on delete cascade,
  body text not null,
  signed boolean not null,
  state text not null,
  asked_at timestamptz not null,
  marked_by text not null,
  marked_at timestamptz
);
create index live_questions_activity on live_questions (gathering_id, activity_id);
create index live_questions_participant on live_questions (participant_id, asked_at);

create table live_question_votes (
  question_id text not null references live_questions (id) on delete cascade,
  participant_id text not null references participants (id) on delete cascade,
  voted_at timestamptz not null,
  primary key (question_id, participant_id)
);
create index live_question_votes_participant on live_question_votes (participant_id);

-- A document that is shown during an activity, by its address.
create table activity_links (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  activity_id text not null,
  title text not null,
  url text not null,
  added_by text not null,
  added_at timestamptz not null
);
create index activity_links_activity on activity_links (gathering_id, activity_id);

-- A need that was heard about a project, and what a partner offers; an offer may answer needs.
create table heard_needs (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  activity_id text not null,
  project_id text not null references projects (id) on delete cascade,
  body text not null,
  noted_by text not null,
  noted_at timestamptz not null
);
create index heard_needs_gathering on heard_needs (gathering_id, project_id);

create table partner_offers (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  participant_id text not null references participants (id) on delete cascade,
  title text not null,
  about text not null,
  audience text not null,
  until text not null,
  places bigint not null,
  version bigint not null,
  written_at timestamptz not null
);
create index partner_offers_gathering on partner_offers (gathering_id, participant_id);

create table offer_answers (
  offer_id text not null references partner_offers (id) on delete cascade,
  need_id text not null references heard_needs (id) on delete cascade,
  tied_by text not null,
  tied_at timestamptz not null,
  primary key (offer_id, need_id)
);
create index offer_answers_need on offer_answers (need_id);

create table offer_interests (
  offer_id text not null references partner_offers (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  said_by text not null,
  said_at timestamptz not null,
  primary key (offer_id, project_id)
);
create index offer_interests_project on offer_interests (project_id);

-- +goose Down
drop table offer_interests;
drop table offer_answers;
drop table partner_offers;
drop table heard_needs;
drop table activity_links;
drop table live_question_votes;
drop table live_questions;
drop table pitch_votes;
drop table pitch_feedback;
drop table pitch_runs;
