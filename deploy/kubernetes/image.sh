#!/bin/sh
# Make an image for `assay run --on kubernetes` without podman or docker: bin/assay beside
# the built-in server, or beside programs of your own, which must need no libraries.
#
#	deploy/kubernetes/image.sh registry.example/orders:1 orders.tar [PROGRAM|NAME=PROGRAM]...
#
# ctr, podman, docker and skopeo read the archive, and skopeo copies it to a registry:
# skopeo copy oci-archive:orders.tar docker://registry.example/orders:1
set -eu

if [ $# -lt 2 ]; then
	echo "usage: $0 NAME:TAG FILE.tar [PROGRAM|NAME=PROGRAM]..." >&2
	exit 2
fi
name=$1
out=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
(cd "$root" && CGO_ENABLED=0 make -s build && go build -o bin/image ./deploy/kubernetes/image)
if [ $# -eq 0 ]; then
	set -- "$root/bin/server"
fi
"$root/bin/image" -name "$name" -o "$out" "$root/bin/assay" "$@"
echo "$out holds the image $name. Start runs with $root/bin/assay, because all workers have to be of the same build." >&2
