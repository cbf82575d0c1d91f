-- +goose Up
-- What came back: a report on a mail, once for each mail and answer; and the
-- addresses that refuse mail, to which nothing but sign-in links is sent.
create table bounces (
  id text primary key,
  mail_id text not null references mails (id),
  email text not null,
  permanent boolean not null,
  status text not null,
  reason text not null,
  received_at timestamptz not null
);
create unique index bounces_once on bounces (mail_id, status);
create index bounces_email on bounces (email, received_at);

create table bad_addresses (
  email text primary key,
  temporary bigint not null,
  paused_at timestamptz,
  reason text not null,
  last_at timestamptz not null
);
