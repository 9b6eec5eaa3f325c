# Sourced: a throw-away PostgreSQL cluster on a Unix socket, for tests and bench.

find_program() {
  command -v "$1" 2>/dev/null || ls -1 /usr/lib/postgresql/*/bin/"$1" /usr/pgsql-*/bin/"$1" 2>/dev/null | sort -V | tail -1 | grep .
}

as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# start_cluster FOLDER: exports CATALOG_TEST_POSTGRESQL, the address of its database "postgres"
start_cluster() {
  cluster="$1"
  if [ "$(id -u)" = 0 ]; then chown postgres "$cluster"; fi
  chmod 700 "$cluster"
  as_owner "$(find_program initdb)" -D "$cluster/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  as_owner "$(find_program pg_ctl)" -D "$cluster/data" -w -l "$cluster/log" -o "-c listen_addresses='' -c unix_socket_directories=$cluster -c fsync=${CATALOG_CLUSTER_FSYNC:-off} -c max_connections=200 -c shared_buffers=256MB" start >/dev/null
  export CATALOG_TEST_POSTGRESQL="postgresql://postgres@/postgres?host=$cluster"
}

stop_cluster() {
  if [ -n "${cluster:-}" ]; then
    as_owner "$(find_program pg_ctl)" -D "$cluster/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$cluster"
  fi
}
