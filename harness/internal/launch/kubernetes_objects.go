package launch

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// object is an object of Kubernetes, or a part of one, as JSON.
type object = map[string]any

// Labels of everything that a run makes. Those of the Job are on its pods too.
const (
	labelName      = "app.kubernetes.io/name"       // assay
	labelManager   = "app.kubernetes.io/managed-by" // assay
	labelInstance  = "app.kubernetes.io/instance"   // the run
	labelComponent = "app.kubernetes.io/component"  // generator or server

	ours = labelName + "=assay," + labelManager + "=assay"
)

// configFolder holds the file by which a worker learns how to reach the coordinator.
const configFolder = "/run/assay"

// ephemeral is the user and the group of the containers, which nobody else has.
const ephemeral = 65532

// part is a Job to be made: all generators, or one host of servers.
type part struct {
	name    string
	role    string
	workers []Worker
	size    Size
}

// Size is how much of a node a worker gets. It is both requested and the limit, so that
// the worker neither takes from others nor gets what it cannot rely on.
type Size struct{ CPU, Memory string }

var (
	cpuQuantity    = regexp.MustCompile(`^([0-9]+m|[0-9]+(\.[0-9]{1,3})?)$`)
	memoryQuantity = regexp.MustCompile(`^[0-9]+([KMGT]i|[kMGT])?$`)
)

// ParseSize reads a size CPU,MEMORY in the quantities of Kubernetes, like 2,512Mi.
func ParseSize(text string) (Size, error) {
	cpu, memory, _ := strings.Cut(text, ",")
	switch {
	case !cpuQuantity.MatchString(cpu) || strings.Trim(cpu, "0.m") == "":
		return Size{}, usage.Errorf("%q: want CPU,MEMORY, like 2,512Mi; the CPU is a number of CPUs like 2, 0.5 or 500m", text)
	case !memoryQuantity.MatchString(memory) || strings.Trim(memory, "0KMGTik") == "":
		return Size{}, usage.Errorf("%q: want CPU,MEMORY, like 2,512Mi; the memory is a number of bytes, with Mi or Gi behind it", text)
	}
	return Size{cpu, memory}, nil
}

// labels are those of a part, and of its pods.
func (k *kubernetes) labels(p *part) object {
	return object{labelName: "assay", labelManager: "assay", labelInstance: k.run, labelComponent: p.role}
}

// job is the Indexed Job of a part. Its pods are not started again by Kubernetes: a block
// that lost a worker is void, and the run decides what follows.
func (k *kubernetes) job(p *part) object {
	return object{
		"apiVersion": "batch/v1", "kind": "Job",
		"metadata": object{"name": p.name, "labels": k.labels(p)},
		"spec": object{
			"completionMode": "Indexed", "completions": len(p.workers), "parallelism": len(p.workers), "backoffLimit": 0,
			// After a run that was killed, Kubernetes cleans up by itself.
			"ttlSecondsAfterFinished": 600,
			"template": object{
				"metadata": object{"labels": k.labels(p)},
				"spec":     k.pod(p),
			},
		},
	}
}

// secret tells the pods of a part how to reach the coordinator. It goes with its Job.
func (k *kubernetes) secret(p *part, config work.Config, uid string) (object, error) {
	var text bytes.Buffer
	if err := config.Write(&text); err != nil {
		return nil, err
	}
	return object{
		"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
		"metadata": object{
			"name": p.name, "labels": k.labels(p),
			"ownerReferences": []object{{
				"apiVersion": "batch/v1", "kind": "Job", "name": p.name, "uid": uid, "blockOwnerDeletion": true,
			}},
		},
		"stringData": object{"config": text.String()},
	}, nil
}

// pod is what every pod of a part is.
func (k *kubernetes) pod(p *part) object {
	seat := p.workers[0].Seat
	if p.role == results.RoleGenerator {
		seat = results.RoleGenerator + "-$(JOB_COMPLETION_INDEX)" // which Kubernetes fills in
	}
	size := object{"cpu": p.size.CPU, "memory": p.size.Memory}
	return object{
		"restartPolicy": "Never",
		// A worker needs nothing from the cluster but its network.
		"automountServiceAccountToken":  false,
		"enableServiceLinks":            false,
		"terminationGracePeriodSeconds": 5,
		"securityContext": object{
			"runAsNonRoot": true, "runAsUser": ephemeral, "runAsGroup": ephemeral, "fsGroup": ephemeral,
			"seccompProfile": object{"type": "RuntimeDefault"},
		},
		"affinity":                  k.affinity(p),
		"topologySpreadConstraints": spread(p),
		"containers": []object{{
			"name": "worker", "image": k.image,
			"command": append([]string{cmp.Or(k.program, "/assay")}, append(command(seat), "--config", configFolder+"/config")...),
			"env": []object{
				{"name": podNode, "valueFrom": object{"fieldRef": object{"fieldPath": "spec.nodeName"}}},
				{"name": "TMPDIR", "value": "/tmp"},
			},
			"resources": object{"requests": size, "limits": size},
			"securityContext": object{
				"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
				"capabilities": object{"drop": []string{"ALL"}},
			},
			"volumeMounts": []object{
				{"name": "config", "mountPath": configFolder, "readOnly": true},
				{"name": "tmp", "mountPath": "/tmp"},
			},
		}},
		"volumes": []object{
			{"name": "config", "secret": object{"secretName": p.name, "defaultMode": 0o440}},
			{"name": "tmp", "emptyDir": object{}},
		},
	}
}

// affinity decides on which nodes the pods of a part may run: on those that are named, or
// on any but those of the servers. A server wants a node that no other worker has, of this
// run or of another; Kubernetes then keeps other workers away from it too.
func (k *kubernetes) affinity(p *part) object {
	var terms []object
	for _, w := range p.workers {
		if w.Node != "" {
			terms = append(terms, object{"matchFields": []object{field("In", w.Node)}})
		}
	}
	if p.role == results.RoleServer {
		a := object{"podAntiAffinity": object{"requiredDuringSchedulingIgnoredDuringExecution": []object{{
			"topologyKey":   "kubernetes.io/hostname",
			"labelSelector": object{"matchLabels": object{labelName: "assay", labelManager: "assay"}},
		}}}}
		return withNodes(a, terms)
	}
	if len(terms) == 0 {
		var others []object
		for _, node := range k.serverNodes() {
			others = append(others, field("NotIn", node))
		}
		if len(others) > 0 {
			terms = []object{{"matchFields": others}}
		}
	}
	return withNodes(object{}, terms)
}

// field is a condition on the name of a node.
func field(operator, node string) object {
	return object{"key": "metadata.name", "operator": operator, "values": []string{node}}
}

// withNodes adds terms about nodes, of which one has to hold.
func withNodes(affinity object, terms []object) object {
	if len(terms) > 0 {
		affinity["nodeAffinity"] = object{"requiredDuringSchedulingIgnoredDuringExecution": object{"nodeSelectorTerms": terms}}
	}
	return affinity
}

// spread divides the pods of a part evenly over the nodes that they may run on.
func spread(p *part) []object {
	return []object{{
		"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule",
		"nodeTaintsPolicy": "Honor",
		"labelSelector":    object{"matchLabels": object{"job-name": p.name}},
	}}
}

var unfit = regexp.MustCompile(`[^a-z0-9]+`)

// objectName is a name of an object for a part: names of hosts may have more letters.
func (k *kubernetes) objectName(seat string) string {
	k.made++
	short := strings.Trim(unfit.ReplaceAllString(seat, "-"), "-")
	return strings.TrimRight(fmt.Sprintf("%s-%d-%.30s", k.run, k.made, short), "-")
}
