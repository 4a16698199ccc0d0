package patient

import (
	"strconv"
	"time"

	"github.com/assay-bench/assay/server/internal/draw"
)

// Births and visits are drawn from fixed windows, not from windows that end today,
// because a record must not change with the date on which it is read.
var (
	birthFrom = date(1930, time.January, 1)
	birthDays = days(birthFrom, date(2020, time.January, 1))
	visitFrom = date(2024, time.January, 1)
	visitDays = days(visitFrom, date(2026, time.January, 1))
)

const (
	maxConditions = 3
	maxAllergies  = 2
)

// Generate fills the record with the patient of the id, and overwrites whatever the
// record held.
func Generate(id ID, into *Record) {
	s := draw.New(draw.Text(string(id)))
	into.Reset()
	into.ID = id
	into.Gender = genders[s.IntN(len(genders))]
	into.FirstName = firstNames[s.IntN(len(firstNames))]
	into.LastName = lastNames[s.IntN(len(lastNames))]
	into.PrimaryPhysician = physicians[s.IntN(len(physicians))]
	into.InsuranceProvider = insurers[s.IntN(len(insurers))]
	into.BloodType = bloodTypes[s.IntN(len(bloodTypes))]
	into.MedicalRecordNumber, into.DateOfBirth, into.LastVisitDate = texts(id, &s)

	if into.DiagnosisCodes == nil {
		lists := make([]string, 2*maxConditions+maxAllergies)
		into.DiagnosisCodes = lists[0:0:maxConditions]
		into.Medications = lists[maxConditions : maxConditions : 2*maxConditions]
		into.Allergies = lists[2*maxConditions : 2*maxConditions]
	}
	// Consecutive entries from a random start are distinct, without a search.
	start, n := s.IntN(len(conditions)), s.IntN(maxConditions+1)
	for i := range n {
		c := conditions[(start+i)%len(conditions)]
		into.DiagnosisCodes = append(into.DiagnosisCodes, c.code)
		into.Medications = append(into.Medications, c.medication)
	}
	start, n = s.IntN(len(allergies)), s.IntN(maxAllergies+1)
	for i := range n {
		into.Allergies = append(into.Allergies, allergies[(start+i)%len(allergies)])
	}
}

// texts makes the three texts that are not from a table, in one allocation.
func texts(id ID, s *draw.Source) (number, birth, visit string) {
	const numberLength, dateLength = len("MRN00000000"), len("2006-01-02")
	var space [numberLength + 2*dateLength]byte
	b := append(space[:0], "MRN"...)
	b = appendPadded(b, recordNumber(id), 8)
	b = birthFrom.AddDate(0, 0, s.IntN(birthDays)).AppendFormat(b, time.DateOnly)
	b = visitFrom.AddDate(0, 0, s.IntN(visitDays)).AppendFormat(b, time.DateOnly)
	text := string(b)
	return text[:numberLength], text[numberLength : numberLength+dateLength], text[numberLength+dateLength:]
}

// recordNumber maps the number of an id to eight digits. The multiplier has no
// factor in common with 10⁸, so the first 10⁸ numbers all give different results.
func recordNumber(id ID) int {
	const modulus, multiplier, offset = 100_000_000, 48_271_009, 20_240_101
	n := 0
	for i := 1; i < len(id); i++ {
		n = (n*10 + int(id[i]-'0')) % modulus
	}
	return (n*multiplier + offset) % modulus
}

// appendPadded appends n with zeros before it, so that it has at least width digits.
func appendPadded(b []byte, n, width int) []byte {
	var digits [20]byte
	text := strconv.AppendInt(digits[:0], int64(n), 10)
	for range width - len(text) {
		b = append(b, '0')
	}
	return append(b, text...)
}

// date is the beginning of a day in UTC.
func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// days is how many days lie between two dates.
func days(from, to time.Time) int { return int(to.Sub(from) / (24 * time.Hour)) }
