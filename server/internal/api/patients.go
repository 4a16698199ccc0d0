package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/assay-bench/assay/server/internal/patient"
)

// maxBatch is the largest number of patients in one request.
const maxBatch = 100

// patientsView serves GET /api/v1/patients?id=P00042. A request with several ids is
// a batch.
var patientsView = view{
	contentTypes: []string{contentJSON},
	read: func(r *http.Request, e *exchange) (err error) {
		e.ids, err = appendIDs(e.ids, r.URL.RawQuery)
		e.batch = len(e.ids) > 1
		return err
	},
	encode: encodePatients,
}

// appendIDs appends the values of every parameter "id" in a URL's query, and ignores
// other parameters. It accepts what url.ParseQuery accepts, but makes no map.
func appendIDs(ids []patient.ID, query string) ([]patient.ID, error) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if strings.ContainsAny(pair, "%+;") {
			var err error
			if name, value, err = unescape(pair); err != nil {
				return ids, err
			}
		}
		if name != "id" {
			continue
		}
		if len(ids) == maxBatch {
			return ids, fmt.Errorf("more than %d ids in one request", maxBatch)
		}
		id, err := patient.ParseID(value)
		if err != nil {
			return ids, err
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return ids, errors.New("parameter id is missing: ask for ?id=P00042")
	}
	return ids, nil
}

// unescape handles the rare pair that contains an escape.
func unescape(pair string) (name, value string, err error) {
	values, err := url.ParseQuery(pair)
	if err != nil {
		return "", "", fmt.Errorf("malformed query: %w", err)
	}
	for name, list := range values {
		return name, list[0], nil
	}
	return "", "", nil
}

// encodePatients writes the JSON answer.
func encodePatients(e *exchange) {
	e.answer = answer{Timestamp: time.Now().UTC(), RequestID: e.requestID}
	switch {
	case e.message != "":
		e.answer.Error = e.message
	case e.batch:
		e.answer.Success, e.answer.Patients = true, e.records
	default:
		e.answer.Success, e.answer.Patient = true, &e.records[0]
	}
	e.put(&e.answer)
}
