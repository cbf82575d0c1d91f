-- +goose Up
create table applications (
  id text primary key,
  call_id text not null references calls (id),
  number bigint not null,
  title text not null,
  status text not null,
  form_revision bigint not null,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  submitted_at timestamptz,
  withdrawn_at timestamptz,
  deleted_at timestamptz,
  unique (call_id, number)
);
create index applications_call on applications (call_id, status);

create table answers (
  application_id text not null references applications (id),
  field text not null,
  value text not null,
  version bigint not null,
  author text not null,
  saved_at timestamptz not null,
  primary key (application_id, field)
);

create table answer_variants (
  id text primary key,
  application_id text not null references applications (id),
  field text not null,
  value text not null,
  base bigint not null,
  author text not null,
  kept_at timestamptz not null,
  settled_at timestamptz,
  settled_by text not null,
  outcome text not null
);
create index answer_variants_open on answer_variants (application_id, settled_at);

create table attachments (
  id text primary key,
  application_id text not null references applications (id),
  field text not null,
  name text not null,
  size bigint not null,
  digest text not null,
  kind text not null,
  mime text not null,
  status text not null,
  problems text not null,
  clean_digest text not null,
  clean_size bigint not null,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  checked_at timestamptz,
  removed_at timestamptz
);
create index attachments_application on attachments (application_id, field);

create table uploads (
  id text primary key,
  application_id text not null references applications (id),
  field text not null,
  name text not null,
  size bigint not null,
  started_by text not null,
  started_at timestamptz not null
);

create table submissions (
  id text primary key,
  application_id text not null references applications (id),
  seq bigint not null,
  kind text not null,
  at timestamptz not null,
  submitted_by text not null,
  form_revision bigint not null,
  title text not null,
  content text not null,
  files text not null,
  receipt bigint not null,
  unique (application_id, seq)
);

create table receipts (
  number bigint primary key,
  application_id text not null references applications (id),
  kind text not null,
  at timestamptz not null,
  body text not null,
  digest text not null,
  previous text not null,
  signature text not null,
  key_id text not null
);
create index receipts_application on receipts (application_id, number);

create table corrections (
  id text primary key,
  application_id text not null references applications (id),
  kind text not null,
  fields text not null,
  message text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  due_at timestamptz not null,
  resolved_at timestamptz,
  cancelled_at timestamptz
);
create index corrections_application on corrections (application_id, asked_at);

create table application_comments (
  id text primary key,
  application_id text not null references applications (id),
  field text not null,
  author text not null,
  body text not null,
  at timestamptz not null,
  settled_at timestamptz
);
create index application_comments_application on application_comments (application_id, at);

create table thread_messages (
  id text primary key,
  application_id text not null references applications (id),
  author text not null,
  side text not null,
  body text not null,
  at timestamptz not null
);
create index thread_messages_application on thread_messages (application_id, at);

create table admissibility (
  application_id text primary key references applications (id),
  verdict text not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamptz not null,
  version bigint not null
);

create table labels (
  id text primary key,
  call_id text not null references calls (id),
  name text not null,
  colour text not null,
  unique (call_id, name)
);

create table application_labels (
  application_id text not null references applications (id),
  label_id text not null references labels (id),
  primary key (application_id, label_id)
);

create table saved_views (
  id text primary key,
  call_id text not null references calls (id),
  person_id text not null,
  name text not null,
  query text not null,
  shared boolean not null,
  saved_at timestamptz not null
);
create index saved_views_call on saved_views (call_id, person_id);

create table search_terms (
  kind text not null,
  term text not null,
  object_id text not null,
  primary key (kind, term, object_id)
);
create index search_terms_object on search_terms (kind, object_id);

create table application_facets (
  application_id text not null references applications (id),
  field text not null,
  value text not null,
  primary key (application_id, field, value)
);
create index application_facets_value on application_facets (field, value);
