#!/bin/sh
# Install the missing tools that the tests use besides Go, make and git, from
# packages of Debian or Ubuntu: PostgreSQL, promtool, node, a C compiler for the race
# detector, shellcheck, nginx, wrk, Chromium, podman, runc, OpenSSH, Slurm and iproute2. This is for CI and for new machines,
# and needs root or sudo.
# With --check it only says what is missing, and so which tests will be skipped.
set -eu

missing=
want() { # want COMMAND PACKAGE
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
want gcc gcc
want promtool prometheus
want shellcheck shellcheck
want node nodejs
want npm npm
want python3 python3
want wrk wrk
want ssh openssh-client
# A browser of this kind may have another name, as on the runners of GitHub.
command -v google-chrome >/dev/null 2>&1 || want chromium chromium
want podman podman
# Debian installs servers into a directory that is not in every user's path.
[ -x /usr/sbin/runc ] || want runc runc
[ -x /usr/sbin/nginx ] || want nginx nginx-light
[ -x /usr/sbin/sshd ] || want sshd openssh-server
if ! { [ -x /usr/sbin/slurmd ] && [ -x /usr/sbin/munged ]; }; then want slurmd "slurm-wlm munge"; fi
[ -x /usr/sbin/ip ] || [ -x /sbin/ip ] || want ip iproute2
if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
	missing="$missing postgresql"
fi
if [ -z "$missing" ]; then
	exit 0
fi
if [ "${1-}" = --check ]; then
	echo "SKIPPED: the tests that need$missing; scripts/test-tools.sh installs them"
	exit 0
fi
command -v apt-get >/dev/null 2>&1 || {
	echo "test-tools: missing:$missing; install them with your system's packages" >&2
	exit 1
}
as_root=
if [ "$(id -u)" != 0 ]; then
	as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -q update
# The list is a constant, and its names contain no blanks.
# shellcheck disable=SC2086
$as_root apt-get -q install -y --no-install-recommends $missing
