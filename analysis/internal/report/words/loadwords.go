package words

import (
	"fmt"
	"strings"
	"time"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/results"
)

// Load describes a load: "1,000 clients, closed loop, 10 s".
func Load(l results.Stream, warmup time.Duration) string {
	counted := "requests"
	if l.Flow != nil {
		counted = "flows"
	}
	var w string
	switch {
	// A closed load ends with its last request or with its time, and says which.
	case l.Model == results.ModelClosed && l.Duration == 0:
		w = fmt.Sprintf("%s clients, closed loop, %s %s", format.Count(l.Clients), format.Count(l.Requests), counted)
	case l.Model == results.ModelClosed:
		w = fmt.Sprintf("%s clients, closed loop, %s", format.Count(l.Clients), Seconds(l.Duration))
	case l.Arrivals == results.ArrivalsStages:
		var stages []string
		for _, st := range l.Stages {
			s := format.Count(uint64(st.Rate)) + "/s"
			// A stage with To is a ramp. The rate changes evenly over its duration.
			if st.To != nil {
				s += " → " + format.Count(uint64(*st.To)) + "/s"
			}
			stages = append(stages, s+" for "+Seconds(st.Duration))
		}
		w = "open load in stages: " + strings.Join(stages, ", ")
	case l.Arrivals == results.ArrivalsPoisson:
		w = fmt.Sprintf("open load, %s/s Poisson for %s", format.Plain.Value(l.Rate), Seconds(l.Duration))
	case l.Model == results.ModelOpen:
		w = fmt.Sprintf("open load, %s/s at even distances for %s", format.Plain.Value(l.Rate), Seconds(l.Duration))
	}
	if l.Think > 0 {
		w += fmt.Sprintf(", thinking %s between %s", l.Think, counted)
	}
	if l.Flow != nil {
		w += ", in flows of " + steps(l.Flow)
	}
	w += connection(l)
	// The warm-up is named because it is part of what the server has seen, though no
	// number is of it.
	if warmup > 0 {
		w += fmt.Sprintf(", after %s of warm-up", Seconds(warmup))
	}
	return w
}

// steps describes a flow: "6 requests with pauses of 50ms in all".
func steps(f *results.Flow) string {
	n, pauses := 0, time.Duration(0)
	for _, s := range f.Steps {
		n += s.Repeat
		pauses += s.Pause
	}
	w := Plural(n, "request")
	if pauses > 0 {
		w += fmt.Sprintf(" with pauses of %s in all", pauses)
	}
	return w
}

// connection describes how the requests of a load reach the server, where that is not
// plain HTTP over connections that are kept.
func connection(l results.Stream) (w string) {
	switch {
	case l.TLS && l.Insecure:
		w = ", over HTTPS without a check of the certificate (insecure)"
	case l.TLS:
		w = ", over HTTPS"
	}
	if l.Transport == "std" {
		w += " by net/http"
	}
	switch {
	case l.NoReuse && l.TLS:
		w += ", with a new connection and handshake for every request"
	case l.NoReuse:
		w += ", with a new connection for every request"
	}
	return w
}

// Seconds prints a duration in seconds, to a millisecond: "10 s", "2.5 s".
func Seconds(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", d.Seconds()), "0"), ".") + " s"
}
