package api

import (
	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/telemetry"
)

// account writes the access to the audit log, whatever its outcome. Ids of a request
// that was not understood are not logged, because nobody asked for those patients.
func (e *exchange) account() {
	var ids []patient.ID
	if e.outcome != telemetry.Invalid {
		ids = e.ids
	}
	e.api.audit.Record(e.began, e.user, ids, e.outcome.String())
}
