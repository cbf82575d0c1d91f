-- +goose Up
-- A survey of an edition. form is JSON, in the format of forms; days are "2027-09-06".
-- Opened, it leaves by itself on its due day.
create table surveys (
  id text primary key,
  edition_id text not null references editions (id),
  kind text not null,
  title text not null,
  form text not null,
  base_day text not null,
  due_day text not null,
  status text not null,
  version bigint not null,
  created_at timestamptz not null,
  created_by text not null,
  sent_at timestamptz,
  closes_at timestamptz
);
create index surveys_edition on surveys (edition_id, due_day);
create index surveys_due on surveys (status, due_day);

-- Whom a survey was sent to. What the link holds is known by its hash alone, as is that of
-- the reminder. answered says that an answer came, not when and not which.
create table survey_links (
  id text primary key,
  survey_id text not null references surveys (id) on delete cascade,
  person_id text references people (id),
  project_id text references projects (id) on delete cascade,
  link_hash text not null unique,
  reminder_hash text unique,
  reminded_at timestamptz,
  answered boolean not null
);
create index survey_links_survey on survey_links (survey_id);
create index survey_links_person on survey_links (person_id);

-- What was answered. The row is found by another hash of the link than that of
-- survey_links, so that the database alone does not lead from one to the other, and its day
-- is all that is kept of its time. project_id is there only when a project is asked about.
create table survey_answers (
  answer_hash text primary key,
  survey_id text not null references surveys (id) on delete cascade,
  project_id text references projects (id) on delete cascade,
  answers text not null,
  quote text not null,
  quoted_name text not null,
  complete boolean not null,
  shown boolean not null,
  sent_on text not null
);
create index survey_answers_survey on survey_answers (survey_id, shown);

-- +goose Down
drop table survey_answers;
drop table survey_links;
drop table surveys;
