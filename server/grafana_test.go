package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/assay-bench/assay/server/internal/testenv"
)

const prometheus = "Debian's package prometheus"

// scrape returns the Prometheus text of a server that has served something.
func scrape(t *testing.T) string {
	t.Helper()
	addr, _, stop := started(t, "-pattern=optimized")
	defer stop()
	if status, body := fetch(t, "http://"+addr+"/api/v1/patients?id=P00042"); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	_, text := fetch(t, "http://"+addr+"/metrics?format=prometheus")
	return text
}

func TestPromtoolFindsTheMetricsClean(t *testing.T) {
	command := exec.Command(testenv.Command(t, "promtool", prometheus), "check", "metrics")
	command.Stdin = strings.NewReader(scrape(t))
	if output, err := command.CombinedOutput(); err != nil || len(output) > 0 {
		t.Errorf("%v\n%s", err, output)
	}
}

// queries returns the dashboard's queries with Grafana's variables filled in.
func queries(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("grafana", "dashboard.json"))
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ H, W, X, Y int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	var list []string
	ids := map[int]bool{}
	fill := strings.NewReplacer("$__rate_interval", "1m", "$instance", ".*")
	for _, panel := range dashboard.Panels {
		if ids[panel.ID] {
			t.Errorf("two panels have the id %d", panel.ID)
		}
		ids[panel.ID] = true
		if at := panel.GridPos; at.W <= 0 || at.H <= 0 || at.X+at.W > 24 {
			t.Errorf("panel %q does not fit: %+v", panel.Title, at)
		}
		if (panel.Type == "row") != (len(panel.Targets) == 0) {
			t.Errorf("panel %q, a %s, has %d queries", panel.Title, panel.Type, len(panel.Targets))
		}
		for _, target := range panel.Targets {
			list = append(list, fill.Replace(target.Expr))
		}
	}
	return list
}

// selected finds the names in front of a selector, as all of the dashboard's have one.
var selected = regexp.MustCompile(`([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^}]*)\}`)

// The dashboard asks for nothing that the server does not tell, and shows every
// metric of the server's own.
func TestDashboardKnowsTheMetrics(t *testing.T) {
	text := scrape(t)
	shown := map[string]bool{}
	for _, query := range queries(t) {
		found := selected.FindAllStringSubmatch(query, -1)
		if len(found) == 0 {
			t.Errorf("no metric in %s", query)
		}
		for _, match := range found {
			series, labels := match[1], match[2]
			if !strings.Contains(text, "\n"+series+" ") && !strings.Contains(text, "\n"+series+"{") {
				t.Errorf("the server has no series %s: %s", series, query)
			}
			if strings.Contains(labels, "outcome=") && !strings.Contains(text, "\n"+series+`{outcome="ok"`) {
				t.Errorf("%s has no outcome: %s", series, query)
			}
			shown[strings.TrimSuffix(series, "_bucket")] = true
		}
	}
	for _, match := range regexp.MustCompile(`(?m)^# TYPE (assay_\S+)`).FindAllStringSubmatch(text, -1) {
		if !shown[match[1]] {
			t.Errorf("the dashboard does not show %s", match[1])
		}
	}
}

// Prometheus itself reads the queries, as rules.
func TestPromtoolReadsTheQueries(t *testing.T) {
	promtool := testenv.Command(t, "promtool", prometheus)
	type rule struct {
		Record string `json:"record"`
		Expr   string `json:"expr"`
	}
	var rules []rule
	for i, query := range queries(t) {
		rules = append(rules, rule{fmt.Sprint("dashboard:query", i), query})
	}
	// JSON is YAML too.
	text, err := json.Marshal(map[string]any{"groups": []any{map[string]any{"name": "dashboard", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command(promtool, "check", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, output)
	}
}
