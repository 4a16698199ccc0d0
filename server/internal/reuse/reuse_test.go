package reuse

import (
	"sync"
	"sync/atomic"
	"testing"
)

type object struct {
	content string
	owners  atomic.Int64
}

func wipe(o *object) { o.content = "" }

func TestObjectsAreWipedAndNeverShared(t *testing.T) {
	var made atomic.Uint64
	p := NewPool(true, func() *object { made.Add(1); return new(object) }, wipe)
	const users, each = 16, 1000
	var running sync.WaitGroup
	for range users {
		running.Go(func() {
			for range each {
				o := p.Get()
				if o.owners.Add(1) != 1 {
					t.Error("an object has two owners")
				}
				if o.content != "" {
					t.Errorf("content of before: %q", o.content)
				}
				o.content = "private"
				o.owners.Add(-1)
				p.Put(o)
			}
		})
	}
	running.Wait()
	want := Counts{Gets: users * each, Misses: made.Load(), Hits: users*each - made.Load()}
	if got := p.Counts(); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
}

func TestSwitchedOffMakesEveryObject(t *testing.T) {
	made := 0
	p := NewPool(false, func() *object { made++; return new(object) }, func(*object) { t.Error("wiped") })
	first := p.Get()
	p.Put(first)
	if second := p.Get(); second == first || made != 2 {
		t.Errorf("made %d objects for two gets", made)
	}
	if got := p.Counts(); got != (Counts{}) {
		t.Errorf("counts %+v, want none", got)
	}
}

func BenchmarkPool(b *testing.B) {
	p := NewPool(true, func() *object { return new(object) }, wipe)
	b.ReportAllocs()
	for b.Loop() {
		p.Put(p.Get())
	}
}
