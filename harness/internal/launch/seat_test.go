package launch

import (
	"strings"
	"testing"
)

// A worker learns its seat from the list that all workers of a command get, and from what
// the engine says about each of them.
func TestSeat(t *testing.T) {
	for _, c := range []struct{ list, node, rank, seat, err string }{
		{"server", "", "", "server", ""},
		{"server", "h1", "7", "server", ""},
		{"server@h1", "h1", "", "server", ""},
		{"generator-0,generator-1,server", "h9", "2", "server", ""},
		{"generator-0,server", "", "0", "generator-0", ""},
		{"generator-0@h1,generator-1@h10,server@h2", "h10", "0", "generator-1", ""},
		{"generator-0,server", "", "2", "", `SLURM_PROCID is "2", want 0 … 1`},
		{"generator-0,server", "", "", "", `SLURM_PROCID is ""`},
		{"generator-0,server", "", "-1", "", `SLURM_PROCID is "-1"`},
		{"generator-0@h1,server@h2", "h3", "0", "", `no seat for the node "h3"`},
		{"generator-0@h1,server@h2", "", "0", "", `no seat for the node ""`},
	} {
		env := map[string]string{slurmNode: c.node, slurmRank: c.rank}
		seat, node, err := Seat(c.list, func(name string) string { return env[name] })
		if seat != c.seat || node != c.node || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: seat %q on %q, error %v", c, seat, node, err)
		}
	}
}

// The arguments of srun name the nodes and the seats, and nothing that is secret.
func TestSlurmArguments(t *testing.T) {
	check := func(all []Worker, want, wrong string) {
		t.Helper()
		args, err := slurm{}.arguments(all, "assay-X", "/bin/assay", "/home/u/.assay-run-1")
		got := strings.Join(args, " ")
		if wrong != "" {
			if err == nil || !strings.Contains(err.Error(), wrong) {
				t.Errorf("%v: error %v, want %q", all, err, wrong)
			}
			return
		}
		if err != nil || !strings.HasSuffix(got, want) || !strings.Contains(got, "--nodes=2 --ntasks=2 --ntasks-per-node=1") || !strings.Contains(got, "--kill-on-bad-exit=1") || !strings.Contains(got, "--job-name=assay-X ") {
			t.Errorf("%v: %q, error %v", all, got, err)
		}
	}
	check([]Worker{{"generator-0", "h2"}, {"server", "rack-1.h1"}},
		"--label --nodelist=h2,rack-1.h1 /bin/assay worker --seat generator-0@h2,server@rack-1.h1 --config /home/u/.assay-run-1", "")
	check([]Worker{{"generator-0", ""}, {"server", ""}}, "--label /bin/assay worker --seat generator-0,server --config /home/u/.assay-run-1", "")
	for _, bad := range []string{"h[1-2]", "h1,h2", "-w", "h1 h2", "a@b"} {
		check([]Worker{{"generator-0", bad}, {"server", "h3"}}, "", "is not the name of one node, for generator-0")
	}
}
