package api

import (
	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// account writes the access into the audit log, whatever came of it. Ids of a
// request that was not understood were not asked for.
func (e *exchange) account() {
	var ids []patient.ID
	if e.outcome != telemetry.Invalid {
		ids = e.ids
	}
	e.api.audit.Record(e.began, e.user, ids, e.outcome.String())
}
