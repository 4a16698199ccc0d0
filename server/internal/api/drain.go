package api

// Drain makes readiness fail, and tells clients with each answer to close their
// connections.
func (a *API) Drain() { a.draining.Store(true) }
