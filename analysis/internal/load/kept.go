package load

import "golang.org/x/perf/benchfmt"

// kept are the observations of an input that was read once. A report compares the
// scenarios and controls of a bundle one by one, and every comparison goes over all
// of them.
type kept []Observation

// add keeps what may be used only until the next observation is handed out.
func (k *kept) add(o Observation) error {
	o.Result = o.Result.Clone()
	*k = append(*k, o)
	return nil
}

// each hands the observations out again. Those who take them may drop values, as
// filters do; nothing else of a result is theirs to change.
func (k kept) each(yield func(Observation) error) error {
	var values []benchfmt.Value
	for _, o := range k {
		res := *o.Result
		values = append(values[:0], o.Values...)
		res.Values = values
		o.Result = &res
		if err := yield(o); err != nil {
			return err
		}
	}
	return nil
}
