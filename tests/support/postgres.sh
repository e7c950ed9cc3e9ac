# One PostgreSQL server in a folder of its own, for as long as standard input stays open: when the test process ends,
# however it ends, the pipe closes, and server and folder go. Lines on standard input: `crash` and `start`; each is
# answered on standard output by `ready`, or by what went wrong.
#
# Arguments: the folder of the server's programs, a free port, the password, `on` or `off` for fsync, and
# the address to listen on.
set -eu
bin=$1 port=$2 password=$3 fsync=$4 host=$5

# Interrupts from the terminal are for the tests; this script ends with its input.
trap '' HUP INT PIPE TERM

dir=$(mktemp -d "${TMPDIR:-/tmp}/lykt-postgres-XXXXXX")
cd "$dir"

stop() {
    "$bin/pg_ctl" --pgdata=data --mode=immediate --silent stop >>log 2>&1
}

start() {
    "$bin/pg_ctl" --pgdata=data --wait --timeout=60 --silent --log=server.log start >>log 2>&1
}

finish() {
    status=$?
    if [ "$status" -ne 0 ]; then tail -n 20 log server.log 2>/dev/null || :; fi
    if [ -e data/postmaster.pid ]; then stop || :; fi
    cd /
    rm -rf "$dir"
}
trap finish EXIT

printf '%s' "$password" >password
"$bin/initdb" --pgdata=data --username=lykt --pwfile=password --auth=password --encoding=UTF8 --no-locale --no-sync >>log 2>&1
cat >>data/postgresql.conf <<CONF
listen_addresses = '$host'
port = $port
unix_socket_directories = '$dir'
fsync = $fsync
full_page_writes = $fsync
max_connections = 200
CONF

start
echo ready
while read -r order; do
    case $order in
        crash) stop ;;
        start) start ;;
    esac
    echo ready
done
