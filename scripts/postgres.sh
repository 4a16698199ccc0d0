#!/bin/sh
# A private PostgreSQL for measurements and tests.
#
#   scripts/postgres.sh start [MAX_CONNECTIONS]   prints its URL on stdout
#   scripts/postgres.sh stop [URL]                ends it and removes its files
#   scripts/postgres.sh serve PORT PASSWORD PATIENTS [MAX_CONNECTIONS]
#   scripts/postgres.sh installed                 succeeds if the others can work
#
# start makes a new cluster (default: 100 connections) in a new directory under
# $TMPDIR (default /tmp), on a free port of 127.0.0.1 and with a random password. It
# uses the programs of Debian's packages, but not the cluster that these set up.
# PostgreSQL refuses to run as root, so root runs it as the user postgres, or as
# nobody if that user does not exist; if that user may not enter $TMPDIR, the
# directory is under /tmp.
#
# stop ends a cluster that start made, and nothing else. The URL may be left out if
# there is only one.
#
# Each directory records who made it. start and serve remove those of the same user whose
# maker and server are both dead: a killed script cannot remove its own.
#
# serve is a server for scenarios: a cluster on the given port of 127.0.0.1, into
# which bin/server (or SERVER) loads patients, until a signal ends it.
#
# Exit status: 0 done; 1 failed; 2 usage; 3 PostgreSQL is not installed.
set -eu

prefix=assay-postgres
under=${TMPDIR:-/tmp}
most=262143 # what PostgreSQL accepts as max_connections

say() { echo "postgres.sh: $*" >&2; }

usage() {
	say "$1"
	echo "usage: scripts/postgres.sh start [MAX_CONNECTIONS] | stop [URL] | serve PORT PASSWORD PATIENTS [MAX_CONNECTIONS] | installed" >&2
	exit 2
}

# programs prints the newest installed version's directory of programs.
programs() {
	newest=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
	[ -n "$newest" ] || newest=$(command -v initdb || true)
	if [ -z "$newest" ]; then
		say "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin or PATH (Debian: apt-get install postgresql)"
		exit 3
	fi
	dirname "$newest"
}

# find_owner sets the user who runs the cluster, and the command that becomes that
# user.
find_owner() {
	owner=$(id -un)
	become=
	if [ "$(id -u)" -eq 0 ]; then
		owner=postgres
		id "$owner" >/dev/null 2>&1 || owner=nobody
		become="setpriv --reuid=$owner --regid=$(id -g "$owner") --clear-groups"
	fi
}

# find_place sets where clusters are made: their owner may not enter a $TMPDIR that
# belongs to root.
find_place() {
	if [ -z "$become" ] || [ ! -d "$under" ] || unprivileged test -x "$under"; then
		return
	fi
	if ! unprivileged test -x /tmp; then
		say "the user $owner, who runs the server, may enter neither $under nor /tmp: set TMPDIR to a directory that everybody may enter"
		exit 1
	fi
	under=/tmp
}

# unprivileged runs a command as the owner of the cluster. It runs in / because
# that user may not be allowed to see the current directory.
unprivileged() {
	# become is several words, or none.
	# shellcheck disable=SC2086
	(cd / && $become "$@")
}

# end stops the server of a directory, if it runs, and removes the directory.
# No data in it needs a checkpoint.
end() {
	if unprivileged "$bin/pg_ctl" status --pgdata="$1/cluster/data" >/dev/null 2>&1; then
		unprivileged "$bin/pg_ctl" stop --wait --silent --mode=immediate --pgdata="$1/cluster/data" >&2 ||
			{ say "it did not stop: see $1/cluster/log"; exit 1; }
	fi
	rm -rf "$1"
}

# started prints the directories that start made for this user. Anybody can make a
# directory with such a name, so the owner is checked too.
started() {
	find "$under" -mindepth 1 -maxdepth 1 -type d -user "$(id -u)" -name "$prefix.????????" 2>/dev/null
}

# birth prints when a process began, or nothing if there is none of that number. With it
# a number that was given again is not taken for the process that had it first.
birth() { LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null | xargs; }

# sweep removes what dead scripts left. While a cluster is made, and while serve runs it,
# its directory has the record maker: the number of the script, and when that began. A
# cluster that start has made has the record url. A directory with neither is left alone.
sweep() {
	started | while read -r left; do
		if [ -f "$left/maker" ]; then
			{ read -r number && read -r began; } <"$left/maker" || continue
			[ "$(birth "$number")" != "$began" ] || continue
			[ -f "$left/maker" ] || continue # start removes it when all is done
		elif [ ! -f "$left/url" ] || unprivileged "$bin/pg_ctl" status --pgdata="$left/cluster/data" >/dev/null 2>&1; then
			continue
		fi
		# What initdb had started may write for another moment.
		(end "$left" 2>/dev/null) || { sleep 1 && (end "$left"); } || continue
		say "removed $left, which a dead run had left"
	done
}

# whole checks that a number lies between 1 and the second argument.
whole() {
	case $1 in
	'' | *[!0-9]* | ???????*) usage "$3 $1: want a whole number from 1 to $2" ;;
	esac
	if [ "$1" -lt 1 ] || [ "$1" -gt "$2" ]; then
		usage "$3 $1: want a whole number from 1 to $2"
	fi
}

# create makes a cluster with the given password in a new directory, and removes it
# when this script ends.
create() {
	bin=$(programs)
	find_owner
	find_place
	sweep
	directory=$(mktemp -d "$under/$prefix.XXXXXXXX")
	trap 'end "$directory"' EXIT
	trap 'exit 1' HUP INT TERM
	{ echo $$ && birth $$; } >"$directory/record"
	mv "$directory/record" "$directory/maker" # no reader sees half of it

	# The directory itself belongs to the caller, so that stop can recognise it; the
	# cluster is in a directory below it.
	mkdir "$directory/cluster"
	printf '%s\n' "$1" >"$directory/cluster/password"
	if [ "$(id -u)" -eq 0 ]; then
		chmod 711 "$directory"
		chown -R "$owner" "$directory/cluster"
	fi
	chmod 600 "$directory/cluster/password"
	chmod 700 "$directory/cluster"
	log=$directory/cluster/log
	# initdb does not outlive this script, where that can be had.
	with_us=
	! command -v setpriv >/dev/null || with_us="setpriv --pdeathsig=KILL"
	# become and with_us are several words, or none.
	# shellcheck disable=SC2086
	(cd / && exec $become $with_us "$bin/initdb" --pgdata="$directory/cluster/data" --username=assay --pwfile="$directory/cluster/password" \
		--auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync) >"$directory/initdb" 2>&1 || {
		say "initdb failed:"
		cat "$directory/initdb" >&2
		exit 1
	}
}

# settings prints the options of a server: settings PORT CONNECTIONS. No sync,
# because what is lost in a crash of the machine is only a copy.
settings() {
	echo "-c listen_addresses=127.0.0.1 -c port=$1 -c unix_socket_directories= \
		-c max_connections=$2 -c superuser_reserved_connections=0 -c fsync=off"
}

# address prints the URL of a cluster: address PORT PASSWORD.
address() { echo "postgres://assay:$2@127.0.0.1:$1/postgres?sslmode=disable"; }

start() {
	connections=${1-100}
	whole "$connections" "$most" MAX_CONNECTIONS
	password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	create "$password"

	# A script cannot reserve a port. Try a random one, below those that the kernel
	# gives to clients, and another one if the server does not start. That three random
	# ports are taken is unlikely, so what fails then has another reason.
	tries=0
	until
		port=$(shuf -i 20000-32000 -n 1)
		unprivileged "$bin/pg_ctl" start --wait --silent --pgdata="$directory/cluster/data" --log="$log" \
			--options="$(settings "$port" "$connections")" >&2
	do
		tries=$((tries + 1))
		if [ "$tries" -ge 3 ]; then
			say "the server did not start:"
			tail -n 20 "$log" >&2
			exit 1
		fi
		rm -f "$log"
	done
	url=$(address "$port" "$password")
	(umask 077 && printf '%s\n' "$url" >"$directory/url")
	rm "$directory/maker"
	trap - EXIT
	echo "$url"
}

serve() {
	connections=${4-100}
	whole "$1" 65535 PORT
	whole "$3" 100000 PATIENTS
	whole "$connections" "$most" MAX_CONNECTIONS
	create "$2"
	trap 'exit 0' HUP INT TERM # being told to end is not a failure

	# The server is a child of this script, so that it does not outlive the script and
	# its usage counts as the script's.
	# become and settings are several words.
	# shellcheck disable=SC2046,SC2086
	(cd / && exec $become setpriv --pdeathsig=KILL "$bin/postgres" -D "$directory/cluster/data" $(settings "$1" "$connections")) >&2 &
	main=$!
	until "$bin/pg_isready" --quiet --host=127.0.0.1 --port="$1"; do
		kill -0 "$main" 2>/dev/null || exit 1 # it has said why
		sleep 0.05
	done
	"${SERVER:-bin/server}" -db="$(address "$1" "$2")" -load-patients="$3" >&2
	wait "$main"
}

stop() {
	bin=$(programs)
	find_owner
	find_place
	found=$(started | while read -r directory; do
		if [ -f "$directory/url" ] && { [ $# -eq 0 ] || [ "$(cat "$directory/url")" = "$1" ]; }; then
			echo "$directory"
		fi
	done)
	case $found in
	'')
		say "nothing to stop: no PostgreSQL that start began $([ $# -eq 0 ] && echo "is running" || echo "has that URL")"
		exit 1
		;;
	*"
"*)
		say "several are running: name one by its URL:"
		echo "$found" | while read -r directory; do cat "$directory/url"; done >&2
		exit 1
		;;
	esac
	end "$found"
}

case ${1:-} in
start) [ $# -le 2 ] || usage "start takes one argument"; shift; start "$@" ;;
stop) [ $# -le 2 ] || usage "stop takes one argument"; shift; stop "$@" ;;
serve) case $# in 4 | 5) ;; *) usage "serve takes three or four arguments" ;; esac; shift; serve "$@" ;;
installed) [ $# -eq 1 ] || usage "installed takes no argument"; programs >/dev/null; find_owner; find_place ;;
*) usage "want start, stop, serve or installed" ;;
esac
