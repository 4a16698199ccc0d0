package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/assay-bench/assay/server/internal/patient"
)

// Under /fhir/ the server implements FHIR R4: it answers with resources, and with an
// OperationOutcome for every error.
const (
	fhirPath    = "/fhir/"
	contentFHIR = "application/fhir+json"
)

// fhirView is GET /fhir/Patient/P00042.
var fhirView = view{
	contentTypes: []string{contentFHIR},
	read: func(r *http.Request, e *exchange) error {
		id, err := patient.ParseID(r.PathValue("id"))
		if err == nil {
			e.ids = append(e.ids, id)
		}
		return err
	},
	encode: func(e *exchange) {
		if e.message != "" {
			e.put(outcomeOf(e.status, e.message))
			return
		}
		e.put(resourceOf(&e.records[0]))
	},
}

// fhirPatient serves the route. A resource has no field for the id of the request,
// so a header carries it.
func (a *API) fhirPatient(w http.ResponseWriter, r *http.Request) {
	if id := requestID(r); id != "" {
		w.Header().Set("X-Request-ID", id)
	}
	a.exchange(w, r, &fhirView)
}

// fhirResource is the part of FHIR's Patient that the record fills.
type fhirResource struct {
	ResourceType string           `json:"resourceType"`
	ID           patient.ID       `json:"id"`
	Identifier   []fhirIdentifier `json:"identifier"`
	Name         []fhirName       `json:"name"`
	Gender       string           `json:"gender"`
	BirthDate    string           `json:"birthDate"`
}

type fhirIdentifier struct {
	Use    string      `json:"use"`
	Type   fhirConcept `json:"type"`
	System string      `json:"system"`
	Value  string      `json:"value"`
}

type fhirConcept struct {
	Coding []fhirCoding `json:"coding"`
}

type fhirCoding struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display"`
}

type fhirName struct {
	Use    string   `json:"use"`
	Family string   `json:"family"`
	Given  []string `json:"given"`
}

// recordNumbers says who assigned the record numbers. Nobody did, because the
// patients are invented: the domain is reserved for examples.
const recordNumbers = "https://example.org/assay/medical-record-number"

// resourceOf is the record as a Patient of FHIR. What FHIR keeps in other resources,
// such as diagnoses, is left out.
func resourceOf(r *patient.Record) fhirResource {
	return fhirResource{
		ResourceType: "Patient",
		ID:           r.ID,
		Identifier: []fhirIdentifier{{
			Use: "usual",
			Type: fhirConcept{Coding: []fhirCoding{{
				System: "http://terminology.hl7.org/CodeSystem/v2-0203", Code: "MR", Display: "Medical record number",
			}}},
			System: recordNumbers,
			Value:  r.MedicalRecordNumber,
		}},
		Name:      []fhirName{{Use: "official", Family: r.LastName, Given: []string{r.FirstName}}},
		Gender:    r.Gender,
		BirthDate: r.DateOfBirth,
	}
}

// operationOutcome is the form of errors in FHIR.
type operationOutcome struct {
	ResourceType string      `json:"resourceType"`
	Issue        []fhirIssue `json:"issue"`
}

type fhirIssue struct {
	Severity    string `json:"severity"`
	Code        string `json:"code"`
	Diagnostics string `json:"diagnostics"`
}

// outcomeOf is an error with a status as FHIR says it.
func outcomeOf(status int, message string) operationOutcome {
	return operationOutcome{
		ResourceType: "OperationOutcome",
		Issue:        []fhirIssue{{Severity: "error", Code: issueType(status), Diagnostics: message}},
	}
}

// issueType returns the code of FHIR's value set issue-type for a status.
func issueType(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "invalid"
	case http.StatusNotFound:
		return "not-found"
	case http.StatusMethodNotAllowed:
		return "not-supported"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return "throttled"
	case http.StatusGatewayTimeout:
		return "timeout"
	}
	return "exception"
}

// speaksFHIR reports whether the answer to a request is one of FHIR.
func speaksFHIR(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, fhirPath) }

// writeOutcome sends an error outside of an exchange. It ignores write errors, which
// mean that the client has gone.
func writeOutcome(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", contentFHIR)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(outcomeOf(status, message))
}
