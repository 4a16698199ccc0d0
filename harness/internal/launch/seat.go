package launch

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/internal/usage"
)

// Environment variables by which an engine that starts several workers by one command tells
// them apart: the name of the node, and the number of the worker from 0.
const (
	slurmNode = "SLURMD_NODENAME"
	slurmRank = "SLURM_PROCID"

	podNode = "ASSAY_NODE" // which the Kubernetes engine sets itself
)

// Seat returns the seat of this worker from a list SEAT,… or SEAT@NODE,…, and the node on
// which its engine says it runs, if it does. A list of one seat is that seat. getenv
// looks up the environment.
func Seat(list string, getenv func(string) string) (seat, node string, err error) {
	node = cmp.Or(getenv(slurmNode), getenv(podNode))
	all := strings.Split(list, ",")
	if len(all) == 1 {
		seat, _, _ = strings.Cut(list, "@")
		return seat, node, nil
	}
	if strings.Contains(list, "@") {
		for _, entry := range all {
			if seat, on, _ := strings.Cut(entry, "@"); on == node {
				return seat, node, nil
			}
		}
		return "", node, usage.Errorf("worker: --seat %s: there is no seat for the node %q, which %s names", list, node, slurmNode)
	}
	n, err := strconv.Atoi(getenv(slurmRank))
	if err != nil || n < 0 || n >= len(all) {
		return "", node, usage.Errorf("worker: --seat %s: %s is %q, want 0 … %d", list, slurmRank, getenv(slurmRank), len(all)-1)
	}
	return all[n], node, nil
}
