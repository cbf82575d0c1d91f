-- +goose Up
-- The sheet of a project for the public. state is where the text being written stands;
-- public is JSON, what visitors read of the version that was cleared, empty when nothing.
-- slug is its public address, chosen at the first publication and kept for ever.
create table showcase_sheets (
  id text primary key,
  project_id text not null unique references projects (id) on delete cascade,
  slug text unique,
  state text not null,
  remark text not null,
  public text not null,
  version bigint not null,
  begun_at timestamptz not null,
  begun_by text not null,
  asked_at timestamptz,
  asked_by text not null,
  proposed_at timestamptz,
  proposed_by text not null,
  cleared_at timestamptz,
  cleared_by text not null,
  published_at timestamptz,
  published_by text not null,
  changed_at timestamptz,
  withdrawn_at timestamptz,
  withdrawn_by text not null
);

-- What a team wrote, field by field, and who agreed that the field be public; nobody did
-- while agreed_at is null. The field "reuse" holds no text: to agree to it is to let what is
-- public be given as open data.
create table showcase_fields (
  sheet_id text not null references showcase_sheets (id) on delete cascade,
  field text not null,
  value text not null,
  saved_at timestamptz not null,
  saved_by text not null,
  agreed_at timestamptz,
  agreed_by text not null,
  primary key (sheet_id, field)
);

-- Pictures of a sheet, or of the page of an edition: one of the two is named. Those of an
-- edition are chosen by who answers for the page, and go with it.
create table showcase_pictures (
  id text primary key,
  sheet_id text references showcase_sheets (id) on delete cascade,
  edition_id text references editions (id),
  alt text not null,
  credit text not null,
  digest text not null,
  width bigint not null,
  height bigint not null,
  added_at timestamptz not null,
  added_by text not null,
  agreed_at timestamptz,
  agreed_by text not null
);
create index showcase_pictures_sheet on showcase_pictures (sheet_id, added_at);
create index showcase_pictures_edition on showcase_pictures (edition_id, added_at);
create index showcase_pictures_digest on showcase_pictures (digest);

-- Words of what is public, folded: what a visitor's search looks in.
create table showcase_terms (
  kind text not null,
  object_id text not null,
  word text not null,
  primary key (kind, object_id, word)
);
create index showcase_terms_word on showcase_terms (word);

-- One row, whose number grows with each change of what visitors may read: pages that a node
-- keeps in memory go with the number under which they were drawn.
create table showcase_state (
  id text primary key,
  version bigint not null
);

-- +goose Down
drop table showcase_state;
drop table showcase_terms;
drop table showcase_pictures;
drop table showcase_fields;
drop table showcase_sheets;
