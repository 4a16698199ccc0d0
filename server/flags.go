package main

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"time"

	"github.com/assay-bench/assay/server/internal/pattern"
)

// ranged is a flag whose value must be in a range. The flag package puts the name
// and the value before the error of Set; ranged adds the range.
type ranged[T int | uint64 | float64 | time.Duration] struct {
	value     *T
	low, high T
	kind      string
	parse     func(string) (T, error)
}

// String returns the value, which the usage text shows as the default.
func (f ranged[T]) String() string {
	if f.value == nil {
		return "" // the flag package calls String on a zero value
	}
	return fmt.Sprint(*f.value)
}

// Set takes the value from the command line. Its error says which values are allowed.
func (f ranged[T]) Set(text string) error {
	v, err := f.parse(text)
	// The condition is written so that it rejects NaN, for which every comparison is
	// false.
	if err != nil || !(v >= f.low && v <= f.high) {
		return fmt.Errorf("want %s from %v to %v", f.kind, f.low, f.high)
	}
	*f.value = v
	return nil
}

// whole, number, duration and integer make flags of their types. Each sets the value to
// its default at once, so that the usage text can show it.
func whole(value *int, initial, low, high int) flag.Value {
	*value = initial
	return ranged[int]{value, low, high, "a whole number", strconv.Atoi}
}

// number makes a flag that holds a number from low to high. initial is its default.
func number(value *float64, initial, low, high float64) flag.Value {
	*value = initial
	return ranged[float64]{value, low, high, "a number", func(text string) (float64, error) {
		return strconv.ParseFloat(text, 64)
	}}
}

// duration is number for durations.
func duration(value *time.Duration, initial, low, high time.Duration) flag.Value {
	*value = initial
	return ranged[time.Duration]{value, low, high, "a duration", time.ParseDuration}
}

// integer is number for whole numbers.
func integer(value *uint64, initial, low, high uint64) flag.Value {
	*value = initial
	return ranged[uint64]{value, low, high, "a whole number", func(text string) (uint64, error) {
		return strconv.ParseUint(text, 10, 64)
	}}
}

// patternFlag accepts the names in the table of patterns.
type patternFlag struct{ name string }

// String returns the name of the pattern.
func (f *patternFlag) String() string { return f.name }

// Set accepts the name of a pattern. Its error lists all names.
func (f *patternFlag) Set(text string) error {
	if _, found := pattern.Find(text); !found {
		return errors.New("want one of " + pattern.Names())
	}
	f.name = text
	return nil
}
