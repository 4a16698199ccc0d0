package lane

// mayRedial reports whether the request of a connection that has ended may be sent again
// over a new connection. This is allowed once, before the request's deadline, and only if
// the connection had been idle and carried no byte of the answer. The server then closed
// an idle connection, most likely before it saw the request.
func (c *conn) mayRedial() bool {
	f := c.flight
	return c.used && !c.answer.Begun() && !f.again && !c.part.late(f, c.part.clock())
}

// redial opens a connection in place of one that the server has closed. This is the only
// retry that there is. Its time belongs to the request: FirstWrite remains the moment of the
// first write.
func (p *part) redial(f *flight) {
	f.again = true
	p.stream.redials.Add(1)
	p.dial(f)
}
