package lane

// mayRedial tells whether the connection's request may be sent again over a new
// connection. It may once, and only if the connection had been idle and brought no byte
// of an answer: the server then closed it, most likely before it saw the request. A
// request past its deadline may not.
func (c *conn) mayRedial() bool {
	f := c.flight
	return c.used && !c.answer.Begun() && !f.again && !c.part.late(f, c.part.clock())
}

// redial opens a connection in the place of one that the server has ended. It is the
// one retry that there is, and its time is the request's own: FirstWrite stays that of
// the first write.
func (p *part) redial(f *flight) {
	f.again = true
	p.stream.redials.Add(1)
	p.dial(f)
}
