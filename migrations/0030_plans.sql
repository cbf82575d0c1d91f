-- +goose Up
-- The plans of a gathering: each version whole, with the running order it was made from.
-- state is draft, published or retired; one at most is published.
create table agenda_plans (
  id text primary key,
  gathering_id text not null references gatherings (id) on delete cascade,
  number bigint not null,
  state text not null,
  running_order text not null,
  body text not null,
  based_on text not null,
  reason text not null,
  account text not null,
  version bigint not null,
  made_by text not null,
  made_at timestamptz not null,
  published_by text not null,
  published_at timestamptz,
  retired_at timestamptz,
  unique (gathering_id, number)
);
create index agenda_plans_state on agenda_plans (gathering_id, state);
create unique index agenda_plans_followed on agenda_plans (gathering_id) where state = 'published';

-- +goose Down
drop table agenda_plans;
