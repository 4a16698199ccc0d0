package results

import "slices"

// Metric is one row of the metric table: everything that the programs need to know
// about a figure of a trial. To add a metric is to add a row to the table. Scenario
// objectives, bench.txt, the gate's options, the comparison and the wording of the
// report all read the table.
type Metric struct {
	// Name is what people type in objectives, --metric and --margin, for example
	// "p99". It is empty for a metric that people cannot ask for. Alias is a second
	// name for the same metric; most metrics have none.
	Name, Alias string
	// Unit is the name of the metric in bench.txt and every other file, for example
	// "p99-sec".
	Unit string
	// Label is the metric's name in tables and sentences, for example "errors".
	// Phrase is its name in the sentence that explains an objective, for example
	// "the share of errors". Phrase is empty if Name is.
	Label, Phrase string

	// Better says which values are better, and Dimension what the metric measures.
	// Values are in the base unit of the dimension.
	Better    Direction
	Dimension Dimension

	// Quantile is the share of the values that are less than or equal to the metric:
	// 0.99 for every p99, 1 for the maximum, and 0 for metrics that are not
	// quantiles.
	Quantile float64
	// Fewest is the number of values that a trial needs before anything may be
	// concluded from the metric, or 0 if any number will do.
	Fewest uint64
	// Headline says that the metric describes the headline latency of a stream: the
	// latency of requests that were answered ok, and of those that timed out, which
	// count as +∞.
	Headline bool
	// Outcomes are the outcomes whose share of the requests the metric is. It is
	// empty for other metrics.
	Outcomes []Outcome

	read reader
}

// Direction says which values of a metric are better.
type Direction int

// Directions. The zero value means that the metric declares no direction.
const (
	NoDirection Direction = 0
	Lower       Direction = -1
	Higher      Direction = +1
)

// String returns the word that the benchmark format uses, or "" for NoDirection.
func (d Direction) String() string {
	return map[Direction]string{Lower: "lower", Higher: "higher"}[d]
}

// Dimension is what a metric measures. Values are in base units, and so are the
// thresholds of objectives in a manifest.
type Dimension string

// Dimensions.
const (
	Seconds   Dimension = "sec"
	Ratio     Dimension = "ratio" // a share in [0, 1], compared by difference
	PerSecond Dimension = "per-sec"
	Bytes     Dimension = "bytes"
	Count     Dimension = "count"
)

// metrics is the table, in the order of the columns of bench.txt.
var metrics = []Metric{
	quantile("p50", 0.50, 0),
	quantile("p90", 0.90, 0),
	quantile("p95", 0.95, 0),
	quantile("p99", 0.99, 1_000),
	quantile("p99.9", 0.999, 10_000),
	{Name: "max", Unit: "max-sec", Label: "maximum", Phrase: "the longest response time", Better: Lower, Dimension: Seconds, Quantile: 1, Headline: true,
		read: headline(func(q Quantiles) *float64 { return q.Max })},
	{Name: "mean", Unit: "mean-sec", Label: "mean", Phrase: "the mean response time", Better: Lower, Dimension: Seconds, Headline: true,
		read: headline(func(q Quantiles) *float64 { return q.Mean })},

	{Unit: "service-p99-sec", Label: "service p99", Better: Lower, Dimension: Seconds, Quantile: 0.99, Fewest: 1_000, read: open(part(PartService, 0.99))},
	{Unit: "lag-p99-sec", Label: "generator lag p99", Better: Lower, Dimension: Seconds, Quantile: 0.99, Fewest: 1_000, read: open(part(PartLag, 0.99))},
	{Unit: "conn-wait-p99-sec", Label: "connection wait p99", Better: Lower, Dimension: Seconds, Quantile: 0.99, Fewest: 1_000, read: part(PartConnWait, 0.99)},
	{Unit: "handling-p99-sec", Label: "answer handling p99", Better: Lower, Dimension: Seconds, Quantile: 0.99, Fewest: 1_000, read: part(PartHandling, 0.99)},

	{Name: "throughput", Unit: "req/s", Label: "throughput", Phrase: "throughput", Better: Higher, Dimension: PerSecond,
		read: func(s *StreamResult, _ *usage) (float64, bool) { return s.Throughput, true }},
	{Name: "goodput", Unit: "goodput/s", Label: "goodput", Phrase: "goodput", Better: Higher, Dimension: PerSecond,
		read: func(s *StreamResult, _ *usage) (float64, bool) { return s.Goodput, true }},

	{Name: "within-slo", Unit: "within-slo-ratio", Label: "within objective", Phrase: "the share of requests answered in time", Better: Higher, Dimension: Ratio, read: open(withinSLO)},
	outcomeShare(Metric{Name: "errors", Unit: "error-ratio", Label: "errors", Phrase: "the share of errors"}, Error),
	outcomeShare(Metric{Name: "rejected", Unit: "reject-ratio", Label: "rejected", Phrase: "the share of refusals"}, Rejected),
	outcomeShare(Metric{Name: "timeouts", Unit: "timeout-ratio", Label: "time-outs", Phrase: "the share of time-outs"}, Timeout),
	unansweredShare(Metric{Name: "failed", Alias: "unanswered", Unit: "unanswered-ratio", Label: "failed", Phrase: "the share of errors, refusals and time-outs"}),

	{Unit: "server-cpu-sec/op", Label: "server CPU per answer", Better: Lower, Dimension: Seconds, read: perAnswer(func(r *ServerResult) *float64 { return r.CPU })},
	{Unit: "server-B/op", Label: "server heap per answer", Better: Lower, Dimension: Bytes, read: perAnswer(func(r *ServerResult) *float64 { return r.AllocBytes })},
	{Unit: "server-allocs/op", Label: "server allocations per answer", Better: Lower, Dimension: Count, read: perAnswer(func(r *ServerResult) *float64 { return r.Allocs })},
	{Unit: "peak-RSS-bytes", Label: "peak RSS", Better: Lower, Dimension: Bytes, read: ofServer(func(r *ServerResult) *float64 { return bytesOf(r.PeakRSSBytes) })},
	{Unit: "PSS-bytes", Label: "memory of all processes", Better: Lower, Dimension: Bytes, read: ofServer(func(r *ServerResult) *float64 { return bytesOf(r.PSSBytes) })},
	{Unit: "peak-goroutines", Label: "peak goroutines", Better: Lower, Dimension: Count, read: ofServer(func(r *ServerResult) *float64 { return r.PeakGoroutines })},
}

// byUnit and byName index the table. quantiles are the quantiles of the headline
// latency; every distribution of a trial is reduced to them.
var (
	byUnit, byName = map[string]Metric{}, map[string]Metric{}
	quantiles      []Metric
)

func init() {
	for _, m := range metrics {
		byUnit[m.Unit] = m
		if m.Name != "" {
			byName[m.Name] = m
		}
		if m.Alias != "" {
			byName[m.Alias] = m
		}
		if m.Headline && m.Quantile > 0 && m.Quantile < 1 {
			quantiles = append(quantiles, m)
		}
	}
}

// Outcome returns the outcome whose share of the requests the metric is. It returns
// false for all other metrics, including shares of several outcomes.
func (m Metric) Outcome() (Outcome, bool) {
	if len(m.Outcomes) != 1 {
		return 0, false
	}
	return m.Outcomes[0], true
}

// Metrics returns a copy of the table, in the order of the columns of bench.txt.
func Metrics() []Metric { return slices.Clone(metrics) }

// MetricByUnit finds the metric with the unit, which is its name in files. It
// returns false if there is none.
func MetricByUnit(unit string) (Metric, bool) {
	m, ok := byUnit[unit]
	return m, ok
}

// MetricByName finds the metric with the name that people type. It returns false if
// there is none.
func MetricByName(name string) (Metric, bool) {
	m, ok := byName[name]
	return m, ok
}
