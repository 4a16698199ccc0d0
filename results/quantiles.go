package results

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Quantiles of one distribution, in nanoseconds. A field is null if there are no
// values, or if it falls among time-outs, which count as +∞.
type Quantiles struct {
	Count    uint64   // values, time-outs included
	Timeouts uint64   // values that are time-outs
	Min      *float64 // null only if there are no values
	Mean     *float64 // null if there are time-outs
	Max      *float64 // the same
	// ByShare holds the quantiles, keyed by the share of the values that do not
	// exceed the quantile: 0.99 for the p99. There is one for every quantile of the
	// headline latency in the metric table. A quantile that is null is absent.
	ByShare map[float64]float64
}

// At returns the quantile of a share. It returns nil if there are no values, if the
// quantile falls among time-outs, or if the metric table did not have the quantile
// when the trial was recorded.
func (q Quantiles) At(share float64) *float64 {
	if v, ok := q.ByShare[share]; ok {
		return &v
	}
	return nil
}

// AmongTimeouts reports whether the quantile of a share falls among time-outs. The
// maximum, whose share is 1, does so if there is a single time-out.
func (q Quantiles) AmongTimeouts(share float64) bool {
	return q.Timeouts > 0 && rankOf(share, q.Count)+q.Timeouts > q.Count
}

// Summarise reduces a distribution to its quantiles. The distribution consists of
// the values of the histogram, and of time-outs, which count as +∞. A quantile is
// the smallest value that is at least as large as that share of the distribution.
func Summarise(h *hdrhistogram.Histogram, timeouts uint64) Quantiles {
	values := uint64(h.TotalCount())
	q := Quantiles{Count: values + timeouts, Timeouts: timeouts}
	if values == 0 {
		return q
	}
	q.ByShare = map[float64]float64{}
	for _, m := range quantiles {
		if rank := rankOf(m.Quantile, q.Count); rank <= values {
			// The library rounds percentage × count to the nearest rank.
			q.ByShare[m.Quantile] = float64(h.ValueAtPercentile(100 * float64(rank) / float64(values)))
		}
	}
	lowest := float64(h.Min())
	q.Min = &lowest
	if timeouts == 0 {
		mean, highest := h.Mean(), float64(h.Max())
		q.Mean, q.Max = &mean, &highest
	}
	return q
}

// rankOf returns ⌈p·n⌉, but at least 1. A small allowance keeps rounding from
// turning 0.99·100 into rank 100.
func rankOf(p float64, n uint64) uint64 {
	r := p * float64(n)
	k := uint64(r)
	if r-float64(k) > 1e-9*r {
		k++
	}
	return max(k, 1)
}

// form is the type of the JSON object that stores a distribution. Its fields are
// "count", "timeouts" if there are any, "min_ns", "mean_ns", one field for every
// quantile of the metric table, such as "p99_ns", and "max_ns".
//
// Note: a map would do, but would double the time to read a bundle.
var form = sync.OnceValue(func() reflect.Type {
	field := func(name string, zero any, key string) reflect.StructField {
		return reflect.StructField{Name: name, Type: reflect.TypeOf(zero), Tag: reflect.StructTag(`json:"` + key + `"`)}
	}
	none := (*float64)(nil)
	fields := []reflect.StructField{
		field("Count", uint64(0), "count"), field("Timeouts", uint64(0), "timeouts,omitempty"),
		field("Min", none, "min_ns"), field("Mean", none, "mean_ns"), field("Max", none, "max_ns"),
	}
	for i, m := range quantiles {
		fields = slices.Insert(fields, len(fields)-1, field(fmt.Sprintf("Q%d", i), none, m.Name+"_ns"))
	}
	return reflect.StructOf(fields)
})

// firstQuantile is the index of the first quantile among the fields of the form.
const firstQuantile = 4

// MarshalJSON writes the distribution in its form.
func (q Quantiles) MarshalJSON() ([]byte, error) {
	v := reflect.New(form()).Elem()
	v.FieldByName("Count").SetUint(q.Count)
	v.FieldByName("Timeouts").SetUint(q.Timeouts)
	v.FieldByName("Min").Set(reflect.ValueOf(q.Min))
	v.FieldByName("Mean").Set(reflect.ValueOf(q.Mean))
	v.FieldByName("Max").Set(reflect.ValueOf(q.Max))
	for i, m := range quantiles {
		v.Field(firstQuantile + i).Set(reflect.ValueOf(q.At(m.Quantile)))
	}
	return json.Marshal(v.Interface())
}

// UnmarshalJSON reads a distribution. It also reads files written when the table had
// other quantiles; it drops those that the table no longer has.
func (q *Quantiles) UnmarshalJSON(data []byte) error {
	p := reflect.New(form())
	if err := json.Unmarshal(data, p.Interface()); err != nil {
		return err
	}
	v := p.Elem()
	number := func(name string) *float64 { return v.FieldByName(name).Interface().(*float64) }
	*q = Quantiles{
		Count: v.FieldByName("Count").Uint(), Timeouts: v.FieldByName("Timeouts").Uint(),
		Min: number("Min"), Mean: number("Mean"), Max: number("Max"),
	}
	for i, m := range quantiles {
		if x := v.Field(firstQuantile + i).Interface().(*float64); x != nil {
			if q.ByShare == nil {
				q.ByShare = make(map[float64]float64, len(quantiles))
			}
			q.ByShare[m.Quantile] = *x
		}
	}
	return nil
}
