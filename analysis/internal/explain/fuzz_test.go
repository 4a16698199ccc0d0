package explain

import (
	"math/rand/v2"
	counters "runtime/metrics"
	"testing"

	"github.com/assay-bench/assay/internal/pprofile"
	"github.com/assay-bench/assay/results"
)

// A profile is read or refused, whatever a server sent, and no number in it makes it cost
// much more than its size. Packed ones are unpacked with a limit of their own.
func FuzzProfile(f *testing.F) {
	kinds := []string{results.ProfileCPU, results.ProfileAllocs, results.ProfileMutex, results.ProfileBlock}
	for _, kind := range kinds {
		var t testing.T
		packed := profileOf(&t, kind, []call{{stack: "leaf +inlined main", cost: 5}, {stack: "other main", cost: 1}}, rand.New(rand.NewPCG(1, 1)))
		f.Add(packed)
		p, err := pprofile.Parse(packed)
		if err != nil {
			f.Fatal(err)
		}
		var plain writer
		if err := p.WriteUncompressed(&plain); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(plain))
	}
	f.Add([]byte("heap profile: 1: 2 [3: 4] @ heap/1\n1: 2 [3: 4] @ 0x1 0x2\n"))
	f.Add([]byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1 && data[0] == 0x1f && data[1] == 0x8b && len(data) > 4<<10 {
			return // what it unpacks to may be a thousand times as large
		}
		before := allocated()
		p, err := pprofile.Parse(data)
		if err != nil {
			return
		}
		for _, kind := range kinds {
			r, err := digest(p, kind)
			if err != nil {
				continue
			}
			for _, s := range r.stacks {
				for _, l := range s.locations {
					for _, at := range r.frames[l] {
						_ = r.functions[at.function]
					}
				}
			}
		}
		if got := allocated() - before; got > 64<<20+10_000*uint64(len(data)) {
			t.Errorf("%d bytes took %d MiB", len(data), got>>20)
		}
	})
}

// writer keeps what is written.
type writer []byte

func (w *writer) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

func allocated() uint64 {
	s := []counters.Sample{{Name: "/gc/heap/allocs:bytes"}}
	counters.Read(s)
	return s[0].Value.Uint64()
}
