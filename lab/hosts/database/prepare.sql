create role payments login password 'spring-tide-9021' connection limit -1;
create database payments owner payments;
\connect payments
create table payments (id bigint generated always as identity primary key, amount_cents integer not null, taken_at timestamptz not null default now());
alter table payments owner to payments;
