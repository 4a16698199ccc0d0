package load

import "golang.org/x/perf/benchfmt"

// kept are the observations of an input that was read once. A report compares the
// scenarios and controls of a bundle one by one, and every comparison uses all
// observations.
type kept []Observation

// add copies and keeps an observation, which is only valid until the next one comes.
func (k *kept) add(o Observation) error {
	o.Result = o.Result.Clone()
	*k = append(*k, o)
	return nil
}

// each passes the observations on again. The receiver may drop values, as filters
// do, but may change nothing else of a result.
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
