// Package patient holds the record that the API serves and the generator that
// invents it.
//
// A record is a pure function of its id: the same id gives the same patient in every
// process and every store. No data here belongs to a real person.
//
// The package does not store or send records: stores fill them, and the API encodes
// them.
package patient

// Record is one patient in the form of the API's answers. Dates are YYYY-MM-DD.
// Gender is one of FHIR's administrative gender codes. The lists of a generated
// record are never nil, so that they are encoded as [] and not as null.
type Record struct {
	// ID is the letter P and digits. MedicalRecordNumber is MRN and eight digits, which
	// differ for all patients of a store.
	ID                  ID     `json:"id"`
	MedicalRecordNumber string `json:"medical_record_number"`
	// FirstName, LastName, PrimaryPhysician and InsuranceProvider are drawn from fixed
	// lists of invented names. DateOfBirth lies in 1930 to 2019.
	FirstName      string   `json:"first_name"`
	LastName       string   `json:"last_name"`
	DateOfBirth    string   `json:"date_of_birth"`
	Gender         string   `json:"gender"`
	DiagnosisCodes []string `json:"diagnosis_codes"` // ICD-10
	// Medications has one medication for each diagnosis, in the same order. Allergies
	// are plain names. LastVisitDate lies in 2024 or 2025.
	Medications       []string `json:"medications"`
	Allergies         []string `json:"allergies"`
	LastVisitDate     string   `json:"last_visit_date"`
	PrimaryPhysician  string   `json:"primary_physician"`
	InsuranceProvider string   `json:"insurance_provider"`
	// BloodType is ABO and Rh, for example "AB-".
	BloodType string `json:"blood_type"`
}

// Reset empties the record and keeps the storage of the lists. It wipes the storage
// to its full capacity, so that a reused record holds nothing of the previous
// patient.
func (r *Record) Reset() {
	*r = Record{
		DiagnosisCodes: wiped(r.DiagnosisCodes),
		Medications:    wiped(r.Medications),
		Allergies:      wiped(r.Allergies),
	}
}

// wiped empties a list and everything behind its end, and keeps its storage.
func wiped(list []string) []string {
	clear(list[:cap(list)])
	return list[:0]
}
