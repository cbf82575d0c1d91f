-- +goose Up
-- The page of an edition in the showcase. Nothing of the edition shows there before
-- opens_at, which the lead chooses; null is never. figures is a list of names, JSON.
create table showcase_editions (
  edition_id text primary key references editions (id),
  opens_at timestamptz,
  opened_by text not null,
  about_fr text not null,
  about_en text not null,
  video_label text not null,
  video_url text not null,
  figures text not null,
  version bigint not null,
  updated_at timestamptz not null,
  updated_by text not null
);
create index showcase_editions_opens on showcase_editions (opens_at);

-- +goose Down
drop table showcase_editions;
