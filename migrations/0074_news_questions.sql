-- +goose Up
-- What an edition asks its projects besides, in versions: a round keeps the one that it asked.
-- form is a form of internal/form, '' for nothing.
create table news_questions (
  edition_id text not null references editions (id) on delete cascade,
  number bigint not null,
  form text not null,
  made_at timestamptz not null,
  made_by text not null,
  primary key (edition_id, number)
);
alter table news_rounds add column questions bigint not null default 0;
alter table news_told add column answers text not null default '{}';

-- +goose Down
alter table news_told drop column answers;
alter table news_rounds drop column questions;
drop table news_questions;
