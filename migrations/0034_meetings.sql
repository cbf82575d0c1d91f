-- +goose Up
-- A meeting of a project with somebody of a gathering that one of them asked for, or that
-- who runs it wrote. asked_by is 'project', 'person' or 'runner'; state is asked, accepted,
-- declined or withdrawn.
create table meetings (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  project_id text not null references projects (id) on delete cascade,
  participant_id text not null references participants (id) on delete cascade,
  asked_by text not null,
  note text not null,
  weight bigint not null,
  state text not null,
  made_by text not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  answered_by text not null,
  unique (gathering_id, project_id, participant_id)
);
create index meetings_participant on meetings (participant_id);

-- What who runs a gathering knows of people: two who must, or must never, meet, or somebody
-- who has an interest in a project. kind is must, never or conflict; the last one names a
-- project, the others a second participant.
create table meeting_rules (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  kind text not null,
  participant_id text not null references participants (id) on delete cascade,
  other_id text references participants (id) on delete cascade,
  project_id text references projects (id) on delete cascade,
  reason text not null,
  made_by text not null,
  made_at timestamptz not null
);
create index meeting_rules_gathering on meeting_rules (gathering_id);

-- +goose Down
drop table meeting_rules;
drop table meetings;
