package lane

// ring is a first-in, first-out queue that keeps its memory when it becomes empty.
type ring[T any] struct {
	items []T
	first int
	n     int
}

// len returns the number of items.
func (r *ring[T]) len() int { return r.n }

// push adds an item at the back.
func (r *ring[T]) push(v T) {
	if r.n == len(r.items) {
		r.grow()
	}
	r.items[(r.first+r.n)&(len(r.items)-1)] = v
	r.n++
}

// grow doubles the memory. Its size is a power of two, so that an index can be computed
// with a mask.
func (r *ring[T]) grow() {
	grown := make([]T, max(16, 2*len(r.items)))
	for i := range r.n {
		grown[i] = r.items[(r.first+i)&(len(r.items)-1)]
	}
	r.items, r.first = grown, 0
}

// front returns the oldest item. The ring must not be empty.
func (r *ring[T]) front() *T { return &r.items[r.first] }

// back returns the newest item. The ring must not be empty.
func (r *ring[T]) back() *T { return &r.items[(r.first+r.n-1)&(len(r.items)-1)] }

// pop removes the oldest item and returns it. The ring must not be empty.
func (r *ring[T]) pop() T {
	v := r.items[r.first]
	r.first = (r.first + 1) & (len(r.items) - 1)
	r.n--
	return v
}
