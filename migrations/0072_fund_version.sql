-- +goose Up
-- A fund's sheet may be changed by several people: each change starts from the one it read.
alter table right_funds add column version bigint not null default 1;

-- +goose Down
alter table right_funds drop column version;
