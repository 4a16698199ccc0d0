package lane

// ring is a queue, first in, first out, that keeps its memory.
type ring[T any] struct {
	items []T
	first int
	n     int
}

func (r *ring[T]) len() int { return r.n }

func (r *ring[T]) push(v T) {
	if r.n == len(r.items) {
		r.grow()
	}
	r.items[(r.first+r.n)&(len(r.items)-1)] = v
	r.n++
}

// grow doubles the memory, which is a power of two for the sake of push.
func (r *ring[T]) grow() {
	grown := make([]T, max(16, 2*len(r.items)))
	for i := range r.n {
		grown[i] = r.items[(r.first+i)&(len(r.items)-1)]
	}
	r.items, r.first = grown, 0
}

// front is the oldest item, of a ring that is not empty.
func (r *ring[T]) front() *T { return &r.items[r.first] }

// back is the newest one.
func (r *ring[T]) back() *T { return &r.items[(r.first+r.n-1)&(len(r.items)-1)] }

func (r *ring[T]) pop() T {
	v := r.items[r.first]
	r.first = (r.first + 1) & (len(r.items) - 1)
	r.n--
	return v
}
