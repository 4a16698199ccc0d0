// Package patient holds the record that the API serves and the generator that
// invents it.
//
// A record is a pure function of its id: the same id gives the same patient in
// every process and every store. Nothing here is a real person's data.
//
// It is not for storing or transporting records: stores fill them, the API
// encodes them.
package patient

// Record is one patient as the API answers it. Dates are YYYY-MM-DD; Gender is
// one of FHIR's administrative gender codes. A generated record's lists are
// never nil, so that they encode as [] and not as null.
type Record struct {
	ID                  ID       `json:"id"`
	MedicalRecordNumber string   `json:"medical_record_number"`
	FirstName           string   `json:"first_name"`
	LastName            string   `json:"last_name"`
	DateOfBirth         string   `json:"date_of_birth"`
	Gender              string   `json:"gender"`
	DiagnosisCodes      []string `json:"diagnosis_codes"` // ICD-10
	Medications         []string `json:"medications"`
	Allergies           []string `json:"allergies"`
	LastVisitDate       string   `json:"last_visit_date"`
	PrimaryPhysician    string   `json:"primary_physician"`
	InsuranceProvider   string   `json:"insurance_provider"`
	BloodType           string   `json:"blood_type"`
}

// Reset empties the record and keeps the lists' storage. The storage is wiped
// to its full capacity: a reused record holds nothing of the patient before.
func (r *Record) Reset() {
	*r = Record{
		DiagnosisCodes: wiped(r.DiagnosisCodes),
		Medications:    wiped(r.Medications),
		Allergies:      wiped(r.Allergies),
	}
}

func wiped(list []string) []string {
	clear(list[:cap(list)])
	return list[:0]
}
