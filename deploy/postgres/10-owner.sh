#!/bin/sh
# Runs once, when the volume is empty: the database and its owner, who is no superuser and so cannot switch triggers off
# for a session (`session_replication_role`). `reglament migrate` makes the services' own roles.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password OWNER_PASSWORD
create role reglament_owner login createrole password :'password';
create database reglament owner reglament_owner;
revoke all on database postgres, template1 from public;
SQL
