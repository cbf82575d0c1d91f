-- +goose Up
-- When what a project left was emptied by the calendar of retention; its figures stay.
alter table projects add column purged_at timestamptz;

-- +goose Down
alter table projects drop column purged_at;
