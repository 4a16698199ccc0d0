package attack

import "fmt"

// Slice is the part of a load that one of several generators makes. Every generator walks
// the whole load: of an open load it sends the requests k with k mod Of = Number, and of a
// closed load it runs the clients whose numbers are such. Connections are divided alike.
// The slices of a load together are the load. The zero value is all of it.
type Slice struct {
	Number int // from 0
	Of     int // how many slices there are; 0 means 1
}

// stride is the distance between two numbers of the slice.
func (s Slice) stride() int { return max(s.Of, 1) }

// count returns how many of the numbers below n are in the slice.
func (s Slice) count(n int) int { return (n - s.Number + s.stride() - 1) / s.stride() }

// nth returns the i-th number of the slice, from 0.
func (s Slice) nth(i uint64) uint64 { return uint64(s.Number) + i*uint64(s.stride()) }

// holds reports whether a number is in the slice.
func (s Slice) holds(k uint64) bool { return k%uint64(s.stride()) == uint64(s.Number) }

// sliceable reports a slice that does not exist, or that would have no client or no
// connection.
func (c *Config) sliceable() error {
	s := c.Slice
	switch {
	case s.Number < 0 || s.Number >= s.stride():
		return fmt.Errorf("attack: there is no slice %d of %d", s.Number, s.Of)
	case s.stride() > 1 && c.Connections < s.Of:
		return fmt.Errorf("attack: %d generators cannot share %d connections: raise `connections`, or use fewer generators", s.Of, c.Connections)
	case c.closed() && s.stride() > 1 && c.Clients < s.Of:
		return fmt.Errorf("attack: %d generators cannot share %d clients: raise `clients`, or use fewer generators", s.Of, c.Clients)
	}
	return nil
}

// connections is how many connections the slice has.
func (c *Config) connections() int { return c.Slice.count(c.Connections) }

// needed is how many connections the slice can use at once, and so opens beforehand: an open
// load has no more than requests.
func (c *Config) needed() int {
	if c.closed() {
		return c.connections()
	}
	slots := c.Schedule.Clone()
	for n := range c.Connections {
		if _, ok := slots.Next(); !ok {
			return c.Slice.count(n)
		}
	}
	return c.connections()
}

// clients is how many clients the slice has.
func (c *Config) clients() int { return c.Slice.count(c.Clients) }
