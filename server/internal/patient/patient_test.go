package patient

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func drawID(t *rapid.T, label string) ID {
	return ID("P" + rapid.StringMatching(`[0-9]{1,31}`).Draw(t, label))
}

func TestSameIDSamePatient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := drawID(t, "id")
		var fresh, used Record
		Generate(drawID(t, "other"), &used) // whatever was there before
		Generate(id, &fresh)
		Generate(id, &used)
		if !reflect.DeepEqual(fresh, used) {
			t.Fatalf("fresh %+v, used %+v", fresh, used)
		}
	})
}

func TestPatientsAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Record
		id := drawID(t, "id")
		Generate(id, &r)
		if r.ID != id {
			t.Fatalf("id %q, want %q", r.ID, id)
		}
		for _, text := range []string{
			r.MedicalRecordNumber, r.FirstName, r.LastName, r.Gender, r.PrimaryPhysician, r.InsuranceProvider, r.BloodType,
		} {
			if text == "" {
				t.Fatalf("a field is empty: %+v", r)
			}
		}
		birth, visit := parseDate(t, r.DateOfBirth), parseDate(t, r.LastVisitDate)
		if birth.Year() < 1930 || !birth.Before(visit) || visit.Year() > 2025 {
			t.Fatalf("born %v, last visit %v", birth, visit)
		}
		if len(r.DiagnosisCodes) != len(r.Medications) || len(r.DiagnosisCodes) > maxConditions || len(r.Allergies) > maxAllergies {
			t.Fatalf("lists: %+v", r)
		}
		for _, list := range [][]string{r.DiagnosisCodes, r.Medications, r.Allergies} {
			seen := map[string]bool{}
			for _, text := range list {
				if seen[text] {
					t.Fatalf("%q stands twice in %v", text, list)
				}
				seen[text] = true
			}
		}
		encoded, err := json.Marshal(r)
		if err != nil || strings.Contains(string(encoded), "null") {
			t.Fatalf("JSON %s, %v", encoded, err)
		}
	})
}

func parseDate(t *rapid.T, text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The answers of published runs must stay reproducible: a change to the
// generator is a change to what was measured.
func TestPatientsNeverChange(t *testing.T) {
	var got Record
	Generate("P12345", &got)
	want := Record{
		ID: "P12345", MedicalRecordNumber: "MRN25846206",
		FirstName: "Beatriz", LastName: "Moreau", DateOfBirth: "1971-09-13", Gender: "male",
		DiagnosisCodes: []string{"E78.5", "M54.50", "F41.1"},
		Medications:    []string{"Atorvastatin 20 mg", "Naproxen 250 mg", "Sertraline 50 mg"},
		Allergies:      []string{"Bee venom"},
		LastVisitDate:  "2024-02-21", PrimaryPhysician: "Dr. Iyer", InsuranceProvider: "Self-pay", BloodType: "A-",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRecordNumbersAreUnique(t *testing.T) {
	seen := make(map[int]ID, Count)
	for n := range Count {
		id := Numbered(n)
		if other, taken := seen[recordNumber(id)]; taken {
			t.Fatalf("%s and %s have the same record number", id, other)
		}
		seen[recordNumber(id)] = id
	}
}

func TestParseID(t *testing.T) {
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{"P00042", true}, {"P1", true}, {"P" + strings.Repeat("9", MaxIDLength-1), true},
		{"", false}, {"P", false}, {"00042", false}, {"p00042", false}, {"P-1", false}, {"P 1", false},
		{"P1 ", false}, {"PP1", false}, {"P1x", false}, {"P٣", false}, {"P" + strings.Repeat("9", MaxIDLength), false},
	} {
		id, err := ParseID(test.text)
		if (err == nil) != test.ok || test.ok && string(id) != test.text || !test.ok && id != "" {
			t.Errorf("ParseID(%q) = %q, %v", test.text, id, err)
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"P00042", "", "P", "p1", "P1x", "P\xff", "P999999999999999999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseID(text)
		if err != nil {
			if id != "" || len(err.Error()) > 200 {
				t.Fatalf("%q: id %q with error %v", text, id, err)
			}
			return
		}
		if string(id) != text || len(text) < 2 || len(text) > MaxIDLength || strings.Trim(text[1:], "0123456789") != "" || text[0] != 'P' {
			t.Fatalf("accepted %q as %q", text, id)
		}
		var r Record
		Generate(id, &r) // must not panic for any accepted id
	})
}

func TestListed(t *testing.T) {
	for id, want := range map[ID]bool{
		Numbered(0): true, Numbered(Count - 1): true, "P1": false, "P100000": false, "P0000": false,
	} {
		if got := id.Listed(); got != want {
			t.Errorf("%s.Listed() = %v, want %v", id, got, want)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	var r Record
	b.ReportAllocs()
	for b.Loop() {
		Generate("P00042", &r)
	}
}
