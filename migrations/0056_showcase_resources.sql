-- +goose Up
-- What a programme gives to everybody: talks, kits, guides. Either a link, or a file whose
-- digest names it. state: draft, published, withdrawn.
create table showcase_resources (
  id text primary key,
  programme_id text not null references programmes (id),
  kind text not null,
  title text not null,
  about text not null,
  author text not null,
  language text not null,
  licence text not null,
  link text not null,
  name text not null,
  mime text not null,
  digest text not null,
  size bigint not null,
  state text not null,
  version bigint not null,
  added_at timestamptz not null,
  added_by text not null,
  published_at timestamptz,
  updated_at timestamptz not null
);
create index showcase_resources_programme on showcase_resources (programme_id, state);
create index showcase_resources_digest on showcase_resources (digest);

-- +goose Down
drop table showcase_resources;
