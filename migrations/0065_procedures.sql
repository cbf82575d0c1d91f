-- +goose Up
-- The procedure at which a scheme is asked for on a site of Démarches simplifiées: its
-- address, its form as its public schema tells it (JSON), and what fills each field (JSON).
create table scheme_procedures (
  scheme_id text primary key references schemes (id),
  address text not null,
  form text not null,
  mapping text not null,
  brought_by text not null,
  brought_at timestamptz not null,
  version bigint not null
);

-- +goose Down
drop table scheme_procedures;
