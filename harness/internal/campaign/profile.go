package campaign

import (
	"slices"

	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// DefaultProfile is the number of profiled blocks of --profile without a number.
const DefaultProfile = 8

// fewestProfiled is the smallest number of profiled blocks that a difference can be
// concluded from: with five, the smallest p of a two-sided test is 0.06.
const fewestProfiled = 6

// canProfile reports whether a scenario names the profile of one of its servers.
func (w *Work) canProfile() bool {
	return slices.ContainsFunc(w.Servers, func(s scenario.Server) bool { return s.Profile != "" })
}

// profilable checks whether blocks can be profiled, before anything starts: some
// scenario has to say where the profile is, and a profile needs to know its end when it
// begins, which a load bounded by a count of requests does not.
func profilable(all []Work, blocks int) error {
	switch {
	case blocks < 0:
		return usage.Errorf("--profile %d: want a number of blocks, %d or more for conclusions", blocks, fewestProfiled)
	case blocks == 0:
		return nil
	}
	some := false
	for _, w := range all {
		if !w.canProfile() {
			continue
		}
		some = true
		for _, c := range w.Chosen {
			for _, st := range w.For(c).Streams {
				if st.Closed != nil && st.Closed.Requests > 0 {
					return usage.Errorf("--profile: scenario %s: a load that ends with a count of requests cannot be profiled, because its length is not known beforehand: give it a duration", w.Name)
				}
			}
		}
	}
	if !some {
		return usage.Errorf("--profile: no scenario says where its server's profile is: add to server: profile: /debug/pprof/profile")
	}
	return nil
}

// profilePlan returns the plan of the profiled blocks, which begins with those that a
// resumed bundle has. Scenarios whose servers cannot be profiled have none.
func profilePlan(was []results.Planned, all []Work, blocks int, seed uint64) ([]results.Planned, error) {
	if blocks == 0 {
		return nil, nil
	}
	var can []Work
	for _, w := range all {
		if w.canProfile() {
			can = append(can, w)
		}
	}
	extended, err := plan.Extend(was, plan.Profiled(planned(can), blocks, seed))
	if err != nil {
		return nil, usage.Errorf("--resume: trial %w: give the same files and flags; profiled blocks can only grow", err)
	}
	return extended, nil
}

// announceProfiles says what profiled blocks add to a run.
func (s *session) announceProfiles(all []Work) {
	m := s.writer.Manifest
	if m.ProfileBlocks == 0 {
		return
	}
	s.display.Linef("After them: %s in %s; their latencies are not used", text.Count(len(m.ProfilePlan), "profiled trial"), text.Count(m.ProfileBlocks, "block"))
	if m.ProfileBlocks < fewestProfiled {
		s.display.Warnf("with fewer than %d profiled blocks `assay explain` shows the profiles and concludes nothing", fewestProfiled)
	}
	for _, w := range all {
		if !w.canProfile() {
			s.display.Warnf("scenario %s is not profiled: it does not say where its server's profile is (server.profile)", w.Name)
		}
	}
}
