#!/bin/sh
# Test the engine "kubernetes" on a real cluster of two nodes, which are namespaces of this
# machine. This needs root, Debian's etcd-server, containerd, runc,
# containernetworking-plugins and busybox-static, and about 1 GB of memory. Kubernetes is
# built from its modules once, for about 22 minutes of CPU time, into
# $XDG_CACHE_HOME/assay-kubernetes or ~/.cache/assay-kubernetes.
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:/usr/sbin:/sbin"
for program in etcd containerd ctr runc busybox ip nsenter; do
	command -v "$program" >/dev/null || { echo "test-kubernetes: no $program: apt-get install etcd-server containerd runc containernetworking-plugins busybox-static iproute2" >&2; exit 1; }
done
module=deploy/kubernetes/cluster
version=$(sed -n 's/^\tk8s.io\/kubernetes \(v[0-9.]*\)$/\1/p' $module/go.mod)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/assay-kubernetes/$version-$(cat $module/main.go $module/go.sum | sha256sum | cut -c1-12)
mkdir -p "$cache"
export CGO_ENABLED=0
if ! [ -x "$cache/kubectl" ]; then
	echo "building Kubernetes $version into $cache; this takes about 22 minutes of CPU time, once"
	v=k8s.io/component-base/version
	(cd $module && nice -n 10 go build -trimpath -gcflags=all=-dwarf=false -o "$cache/cluster" \
		-ldflags "-s -w -X $v.gitVersion=$version -X $v.gitMajor=1 -X $v.gitMinor=$(echo "$version" | cut -d. -f2) -X $v.gitTreeState=clean" . &&
		go build -trimpath -o "$cache/pause" ./pause)
	for program in kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl; do
		ln -sf cluster "$cache/$program"
	done
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -trimpath -o "$work/" ./cmd/assay ./server ./deploy/kubernetes/image
"$work/image" -name localhost/pause:1 -o "$work/pause.tar" "$cache/pause"
"$work/image" -name localhost/assay:1 -o "$work/assay.tar" "$work/assay" "$work/server"
"$work/image" -name localhost/assay-coordinator:1 -o "$work/coordinator.tar" "$work/assay" "$work/server" \
	"kubectl=$cache/cluster" "sleep=$(command -v busybox)" "tar=$(command -v busybox)"
ASSAY_KUBERNETES=$cache ASSAY_KUBERNETES_IMAGES=$work go test -vet=off -count 1 -timeout 30m -v -run '^TestKubernetesCluster$' ./harness/command
