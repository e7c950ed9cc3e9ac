# One PostgreSQL server in a folder of its own, for as long as standard input stays open: when the test process ends,
# however it ends, the pipe closes, and server and folder go. Lines on standard input: `crash` and `start`; `copy` makes a
# standby of this moment, `follow` starts it, and with `promote` the server dies and the standby takes its port. Each is
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
    "$bin/pg_ctl" --pgdata="${1:-data}" --mode="${2:-immediate}" --silent stop >>log 2>&1
}

start() {
    "$bin/pg_ctl" --pgdata=data --wait --timeout=60 --silent --log=server.log start >>log 2>&1
}

copy() {
    PGPASSWORD=$password "$bin/pg_basebackup" --pgdata=standby --host="$dir" --port="$port" --username=lykt \
        --checkpoint=fast --write-recovery-conf --no-sync >>log 2>&1
}

# It has sockets of its own, where nobody comes.
follow() {
    "$bin/pg_ctl" --pgdata=standby --wait --timeout=60 --silent --log=standby.log \
        --options="-c listen_addresses= -c unix_socket_directories='$dir/standby'" start >>log 2>&1
}

promote() {
    stop
    if [ -e standby/postmaster.pid ]; then stop standby fast; fi
    rm -rf data
    mv standby data
    # It would find itself there.
    echo "primary_conninfo = ''" >>data/postgresql.auto.conf
    start
    "$bin/pg_ctl" --pgdata=data --wait --timeout=60 --silent promote >>log 2>&1
}

finish() {
    status=$?
    if [ "$status" -ne 0 ]; then tail -n 20 log server.log standby.log 2>/dev/null || :; fi
    if [ -e data/postmaster.pid ]; then stop || :; fi
    if [ -e standby/postmaster.pid ]; then stop standby || :; fi
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
        copy) copy ;;
        follow) follow ;;
        promote) promote ;;
    esac
    echo ready
done
