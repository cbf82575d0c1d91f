-- +goose Up
-- The survey that asked for a line of what became of a project, 'half' or 'year', '' for none:
-- it tells of the day that the survey asks about, however late its answer came.
alter table project_outcomes add column wave text not null default '';

-- What somebody typed in a survey and did not send yet: her own, whichever of her links she
-- opens. sealed_answers is written with the key of the install, not of the database. It is gone once
-- she sends her answer, which nothing leads to from here.
create table survey_drafts (
  link_id text primary key references survey_links (id) on delete cascade,
  sealed_answers bytea not null
);

-- +goose Down
drop table survey_drafts;
alter table project_outcomes drop column wave;
