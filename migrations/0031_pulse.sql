-- +goose Up
-- Grows with each change of what the open pages of a gathering's day show.
alter table gatherings add column beats bigint not null default 0;

-- +goose Down
alter table gatherings drop column beats;
