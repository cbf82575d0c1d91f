-- +goose Up
-- Documents that a reader joined to her review. One that was taken out keeps its row as long
-- as the file stands: a review that is being written again shows others what was handed in.
create table review_enclosures (
  id text primary key,
  review_id text not null references reviews (id) on delete cascade,
  name text not null,
  size bigint not null,
  digest text not null,
  kind text not null,
  mime text not null,
  status text not null,
  problems text not null,
  clean_digest text not null,
  clean_size bigint not null,
  added_at timestamptz not null,
  checked_at timestamptz,
  removed_at timestamptz
);
create index review_enclosures_review on review_enclosures (review_id);
