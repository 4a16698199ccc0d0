package store

import (
	"context"
	"errors"
	"math"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/testenv"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(testenv.Stopping(m)) }

func TestDrawsAreAFunctionOfTheKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		config := SimConfig{
			Seed: rapid.Uint64().Draw(t, "seed"), MinLatency: 50 * time.Millisecond, MaxLatency: 100 * time.Millisecond, ErrorRate: 0.05,
		}
		key := Numbered(rapid.String().Draw(t, "attack"), rapid.Uint64().Draw(t, "seq"))
		key.Index = rapid.Uint64Range(0, 3).Draw(t, "index")
		a, b := NewSim(config), NewSim(config)
		b.draw(Numbered("other", 1)) // the order of queries makes no difference
		latency, fails := a.draw(key)
		if again, failsAgain := b.draw(key); again != latency || failsAgain != fails {
			t.Fatalf("drew %v %v, then %v %v", latency, fails, again, failsAgain)
		}
		if latency < config.MinLatency || latency > config.MaxLatency {
			t.Fatalf("latency %v", latency)
		}
	})
}

// Every part of the key matters: changing one changes the draws.
func TestEveryPartOfTheKeyMatters(t *testing.T) {
	base := NewSim(SimConfig{Seed: 1, MaxLatency: time.Hour})
	reference, _ := base.draw(Numbered("steady", 7))
	indexed := Numbered("steady", 7)
	indexed.Index = 1
	counted := new(Counter)
	counted.next.Store(7)
	for name, draw := range map[string]func() (time.Duration, bool){
		"seed": func() (time.Duration, bool) {
			return NewSim(SimConfig{Seed: 2, MaxLatency: time.Hour}).draw(Numbered("steady", 7))
		},
		"attack":  func() (time.Duration, bool) { return base.draw(Numbered("ramp", 7)) },
		"seq":     func() (time.Duration, bool) { return base.draw(Numbered("steady", 8)) },
		"index":   func() (time.Duration, bool) { return base.draw(indexed) },
		"counted": func() (time.Duration, bool) { return base.draw(counted.Next()) },
	} {
		if latency, _ := draw(); latency == reference {
			t.Errorf("another %s gives the same latency %v", name, latency)
		}
	}
}

// Latency is uniform, errors come at their rate, and neither tells of the other.
func TestDistributionOfDraws(t *testing.T) {
	const n, rate = 100_000, 0.05
	s := NewSim(SimConfig{Seed: 11, MinLatency: 50 * time.Millisecond, MaxLatency: 100 * time.Millisecond, ErrorRate: rate})
	var sum, sumFailed, failed float64
	for seq := range uint64(n) {
		latency, fails := s.draw(Numbered("steady", seq))
		u := (latency.Seconds() - 0.05) / 0.05
		sum += u
		if fails {
			failed++
			sumFailed += u
		}
	}
	within := func(name string, got, want, standardError float64) {
		if math.Abs(got-want) > 4*standardError {
			t.Errorf("%s = %.5f, want %.5f within four standard errors of %.5f", name, got, want, standardError)
		}
	}
	within("mean latency", sum/n, 0.5, math.Sqrt(1.0/12/n))
	within("error rate", failed/n, rate, math.Sqrt(rate*(1-rate)/n))
	within("mean latency of failures", sumFailed/failed, 0.5, math.Sqrt(1.0/12/failed))
}

func TestChangingTheErrorRateKeepsTheLatencies(t *testing.T) {
	calm := NewSim(SimConfig{Seed: 4, MaxLatency: time.Second})
	faulty := NewSim(SimConfig{Seed: 4, MaxLatency: time.Second, ErrorRate: 0.5})
	for seq := range uint64(100) {
		a, _ := calm.draw(Numbered("", seq))
		if b, _ := faulty.draw(Numbered("", seq)); a != b {
			t.Fatalf("request %d: %v and %v", seq, a, b)
		}
	}
}

func TestEveryNthRequestIsSlow(t *testing.T) {
	s := NewSim(SimConfig{Limits: Limits{SlowEvery: 3, SlowFor: time.Minute}})
	counter := new(Counter)
	for seq := range uint64(9) {
		want := time.Duration(0)
		if seq%3 == 2 {
			want = time.Minute
		}
		for name, key := range map[string]Key{"numbered": Numbered("a", seq), "counted": counter.Next()} {
			if got, _ := s.draw(key); got != want {
				t.Errorf("%s request %d: %v, want %v", name, seq, got, want)
			}
		}
	}
}

func TestQuery(t *testing.T) {
	var want patient.Record
	patient.Generate("P00042", &want)
	for _, test := range []struct {
		name   string
		config SimConfig
		id     patient.ID
		err    error
	}{
		{"known", SimConfig{}, "P00042", nil},
		{"unknown", SimConfig{}, "P42", ErrUnknownPatient},
		{"always failing", SimConfig{ErrorRate: 1}, "P00042", ErrSimulated},
		{"failing comes before unknown", SimConfig{ErrorRate: 1}, "P42", ErrSimulated},
	} {
		s := NewSim(test.config)
		var got patient.Record
		err := s.Query(t.Context(), Numbered("", 1), test.id, &got)
		if !errors.Is(err, test.err) || err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v, want %v", test.name, got, err, test.err)
		}
	}
}

func TestBatchQueryIsOneQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSim(SimConfig{MinLatency: time.Second, MaxLatency: time.Second})
		ids := []patient.ID{"P00001", "P00002", "P00003"}
		got := make([]patient.Record, len(ids))
		began := time.Now()
		if err := s.BatchQuery(t.Context(), Numbered("", 1), ids, got); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v, want one latency", took)
		}
		for i, id := range ids {
			if got[i].ID != id {
				t.Errorf("record %d is of %s, want %s", i, got[i].ID, id)
			}
		}
		if err := s.BatchQuery(t.Context(), Numbered("", 2), []patient.ID{"P00001", "P9"}, got); !errors.Is(err, ErrUnknownPatient) {
			t.Errorf("with an unknown id: %v", err)
		}
	})
}

func TestQueryTakesItsLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSim(SimConfig{Seed: 9, MinLatency: 50 * time.Millisecond, MaxLatency: 100 * time.Millisecond})
		for seq := range uint64(20) {
			want, _ := s.draw(Numbered("a", seq))
			began := time.Now()
			if err := s.Query(t.Context(), Numbered("a", seq), "P00001", new(patient.Record)); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took != want {
				t.Errorf("request %d took %v, want %v", seq, took, want)
			}
		}
	})
}

func TestCancellationEndsAQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSim(SimConfig{MinLatency: time.Hour, MaxLatency: time.Hour, Limits: Limits{Conns: 1}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		var queries sync.WaitGroup
		for range 2 { // one sleeps, one waits for the connection
			queries.Go(func() {
				if err := s.Query(ctx, Numbered("", 1), "P00001", new(patient.Record)); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		if got := s.Stats(); got != (Stats{ConnsInUse: 1, MaxConns: 1, Waiting: 1}) {
			t.Errorf("stats %+v", got)
		}
		queries.Wait()
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %v, want until the deadline", took)
		}
		if got := s.Stats(); got != (Stats{MaxConns: 1}) {
			t.Errorf("stats afterwards %+v", got)
		}
	})
}

func TestConnectionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSim(SimConfig{MinLatency: time.Second, MaxLatency: time.Second, Limits: Limits{Conns: 5}})
		began := time.Now()
		var queries sync.WaitGroup
		for i := range 50 {
			queries.Go(func() {
				if err := s.Query(t.Context(), Numbered("", uint64(i)), "P00001", new(patient.Record)); err != nil {
					t.Error(err)
				}
				if got := s.Stats().ConnsInUse; got > 5 {
					t.Errorf("%d connections in use", got)
				}
			})
		}
		queries.Wait()
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("50 queries of 1 s over 5 connections took %v, want 10 s", took)
		}
	})
}

func TestNoLatencyNeedsNoTimer(t *testing.T) {
	s := NewSim(SimConfig{})
	var record patient.Record
	if err := s.Query(t.Context(), Numbered("", 1), "P00001", &record); err != nil {
		t.Fatal(err)
	}
	if s.timers.Get() != nil {
		t.Error("a timer was made")
	}
}

func TestOpen(t *testing.T) {
	s, err := Open(t.Context(), Config{DB: SimName})
	if err != nil || s.Ping(t.Context()) != nil || s.Close() != nil {
		t.Errorf("simulated store: %v", err)
	}
	if _, err := Open(t.Context(), Config{DB: "oracle://x"}); err == nil {
		t.Error("an unknown kind of database was opened")
	}
}

func BenchmarkDraw(b *testing.B) {
	s := NewSim(SimConfig{Seed: 1, MinLatency: 50 * time.Millisecond, MaxLatency: 100 * time.Millisecond, ErrorRate: 0.05})
	key := Numbered("steady", 42)
	b.ReportAllocs()
	for b.Loop() {
		s.draw(key)
	}
}

func BenchmarkQuery(b *testing.B) {
	s := NewSim(SimConfig{})
	counter := new(Counter)
	var record patient.Record
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Query(b.Context(), counter.Next(), "P00042", &record); err != nil {
			b.Fatal(err)
		}
	}
}
