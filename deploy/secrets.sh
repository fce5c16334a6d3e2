#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its services, each a file; those that are there
# stay. `sh deploy/secrets.sh [FOLDER]`, ./secrets by default. Needs nothing but a shell.
set -eu
folder=${1:-secrets}

# The folder is closed to others; the files in it are not, since each container reads its own as
# the user that it runs as, and Compose hands them over as they are.
umask 022
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { [ -s "$folder/$1" ] || { printf '%s\n' "$2" >"$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"; }; }

keep postgres_password "$(random)"
keep redis_password "$(random)"
postgres=$(cat "$folder/postgres_password")
redis=$(cat "$folder/redis_password")

# What the pipeline reads: whole addresses.
keep state_url "postgresql+psycopg://pipeline:$postgres@postgres:5432/pipeline"
keep queue_url "redis://:$redis@redis:6379/0"
# What Redis reads: its users. `health` may ask whether it lives, and nothing else.
keep redis_users "user default on >$redis ~* &* +@all
user health on nopass resetkeys resetchannels -@all +ping"

# For what pipeline.toml names: empty until you write something into them.
for name in engine_key webhook_secret; do
  [ -e "$folder/$name" ] || : >"$folder/$name"
done
echo "The secrets are in $folder. Keep a copy of it apart from the backups of the data."
