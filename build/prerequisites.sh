# What Qualm needs on a machine, and how to get it. Sourced by ./qualm, ./test and .ci/run.

say() { echo "qualm: $*" >&2; }

# Prefix for commands that need root; fails when this user may not become root without a question.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

may_install() { command -v apt-get >/dev/null && as_root true; }

install_packages() {
  say "installing $* with apt-get"
  { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"; } >&2
}

have_postgres() {
  local bin
  for bin in /usr/lib/postgresql/*/bin/initdb; do [ -x "$bin" ] && return 0; done
  command -v initdb >/dev/null && command -v postgres >/dev/null
}

have_qemu() { command -v qemu-system-x86_64 >/dev/null; }

need_dotnet() {
  command -v dotnet >/dev/null && return
  say "the .NET 10 SDK is missing: install the package dotnet-sdk-10.0 (https://dot.net)"
  exit 69
}

# The package would create and start a cluster of its own on port 5432; Qualm runs a private one instead.
get_postgres() {
  have_postgres && return
  may_install || return 1
  if [ ! -d /etc/postgresql-common ]; then
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.d/qualm.conf >/dev/null
  fi
  install_packages postgresql && have_postgres
}

get_qemu() {
  have_qemu && return
  may_install && install_packages qemu-system-x86 qemu-utils && have_qemu
}

need_postgres_unless_external() {
  [ -n "${QUALM_STORE:-}" ] || get_postgres || say "PostgreSQL is missing: apt-get install postgresql (or set QUALM_STORE to a connection string)"
}
