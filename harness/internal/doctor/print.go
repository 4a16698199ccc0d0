package doctor

import (
	"bytes"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/text"
)

// print writes the examination as text.
func (e *examination) print(w io.Writer) error {
	var b bytes.Buffer
	h := e.Machine
	fmt.Fprintf(&b, "%s, %s, %s %s, %s\n\n", orUnknown(h.CPUModel), text.Count(len(h.CPUs), "CPU"), h.OS, h.Kernel, h.GoVersion)
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, i := range e.Items {
		fmt.Fprintf(t, "%s\t%s\t%s\n", i.Verdict, i.Name, i.Figure)
	}
	// Writing to a bytes.Buffer never fails.
	_ = t.Flush()

	b.WriteString("\nKnown answers, ms: the reported value against the server's own stamps and against\narithmetic, and what generator, connections and server add to the latter.\n\n")
	t = tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\treported\tstamps\terror\tarithmetic\terror\tgenerator\tconnection\tserver\t\n")
	for _, r := range e.Answers {
		fmt.Fprintf(t, "%s\t\t\t\t\t\t\t\t\t\n", r.Name)
		for _, q := range r.Quantiles {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t\n", q.Name,
				ms(q.Reported), ms(q.Stamped), percent(q.StampedError), ms(q.Planned), percent(q.PlannedError),
				1e3*q.Generator, 1e3*q.Connection, 1e3*q.Server)
		}
		if n := r.Timeouts; n != (knownanswer.Timeouts{}) {
			fmt.Fprintf(t, "time-outs\t%d\t%d\t\t%d\t\t\t\t\t\n", n.Reported, n.Stamped, n.Planned)
		}
	}
	_ = t.Flush()

	b.WriteString("\n")
	told := map[string]bool{}
	for _, i := range e.Items {
		if i.Advice != "" && i.Verdict != good && !told[i.Advice] {
			told[i.Advice] = true
			fmt.Fprintf(&b, "%s: %s: %s\n", i.Verdict, i.Name, i.Advice)
		}
	}
	if e.Fit {
		b.WriteString("This machine is fit to measure.\n")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// orUnknown names a processor whose model could not be read.
func orUnknown(s string) string {
	if s == "" {
		return "unknown processor"
	}
	return s
}

// ms formats seconds as milliseconds. A time that is unknown, or beyond the
// time-out, is a dash.
func ms(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", 1e3**v)
}

// percent formats a share with its sign. A share that is unknown is a dash.
func percent(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprintf("%+.2f %%", 100**v)
}
