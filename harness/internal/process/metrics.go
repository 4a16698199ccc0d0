package process

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// mostMetrics is how much of the metrics of a server is read, in bytes. Parsed, the
// shortest lines take 70 times as much memory. Longer metrics are an error.
const mostMetrics = 4 << 20

// scrapeTimeout limits one read of a server's metrics. An overloaded server may not
// answer; the sample then has no metrics.
const scrapeTimeout = 2 * time.Second

// Metrics are the metrics of a server by name. A name with several series has their
// sum; a summary or histogram gives name_sum and name_count.
type Metrics map[string]float64

// Scraper reads a server's metrics in Prometheus text format.
type Scraper struct {
	url    string
	client *http.Client
}

// NewScraper returns a scraper for the URL, with the TLS configuration for an https
// URL; nil trusts the system's authorities. It keeps one connection of its own. It follows
// redirections, but not to a host that was not asked for.
func NewScraper(url string, secure *tls.Config) *Scraper {
	return &Scraper{url, &http.Client{Timeout: scrapeTimeout, Transport: &http.Transport{
		MaxConnsPerHost: 1, TLSClientConfig: secure.Clone(), DialContext: reach.For(url).DialContext,
	}}}
}

// Close ends the connection.
func (s *Scraper) Close() { s.client.CloseIdleConnections() }

// Scrape reads the metrics once.
func (s *Scraper) Scrape(ctx context.Context) (Metrics, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, reach.HTTP(s.url), nil)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	req.Header.Set("Accept", "text/plain; version=0.0.4")
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read metrics: GET %s answers %s", s.url, resp.Status)
	}
	body := &io.LimitedReader{R: resp.Body, N: mostMetrics + 1}
	m, err := parseMetrics(body)
	if body.N == 0 {
		return nil, fmt.Errorf("read metrics: GET %s answers more than %d MB", s.url, mostMetrics>>20)
	}
	return m, err
}

// parseMetrics adds up the series of each counter, gauge and untyped metric; labels are
// lost. Of histograms and summaries it keeps sum and count.
func parseMetrics(r io.Reader) (Metrics, error) {
	families, err := readFamilies(r)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	m := Metrics{}
	add := func(name string, v float64) {
		// No record holds infinity, which two large values can add up to as well.
		if sum := m[name] + v; !math.IsNaN(sum) && !math.IsInf(sum, 0) {
			m[name] = sum
		}
	}
	for name, f := range families {
		for _, s := range f.Metric {
			switch f.GetType() {
			case dto.MetricType_COUNTER:
				add(name, s.Counter.GetValue())
			case dto.MetricType_GAUGE:
				add(name, s.Gauge.GetValue())
			case dto.MetricType_UNTYPED:
				add(name, s.Untyped.GetValue())
			case dto.MetricType_SUMMARY:
				add(name+"_sum", s.Summary.GetSampleSum())
				add(name+"_count", float64(s.Summary.GetSampleCount()))
			case dto.MetricType_HISTOGRAM:
				add(name+"_sum", s.Histogram.GetSampleSum())
				add(name+"_count", float64(s.Histogram.GetSampleCount()))
			}
		}
	}
	return m, nil
}

// readFamilies reads text in the format of Prometheus.
func readFamilies(r io.Reader) (families map[string]*dto.MetricFamily, err error) {
	// The parser panics on labels without a name after a comment. A server may answer
	// anything, and the run must not end by it.
	defer func() {
		if p := recover(); p != nil {
			families, err = nil, fmt.Errorf("they are no metrics in the text format of Prometheus (the parser: %v)", p)
		}
	}()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	return parser.TextToMetricFamilies(r)
}

// Get returns the value of the first name that the server has, or nil.
func (m Metrics) Get(names ...string) *float64 {
	for _, n := range names {
		if v, ok := m[n]; ok {
			return &v
		}
	}
	return nil
}

// Suffix returns the largest value among the names with the suffix, or nil:
// applications put their own prefix before "goroutines_peak".
func (m Metrics) Suffix(suffix string) *float64 {
	var best *float64
	for n, v := range m {
		if strings.HasSuffix(n, suffix) && (best == nil || v > *best) {
			best = &v
		}
	}
	return best
}
