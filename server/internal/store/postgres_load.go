package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/assay-bench/assay/server/internal/patient"
)

// schema has the fields of the record. Every statement may be run again.
const schema = `
CREATE TABLE IF NOT EXISTS patients (
	id                    text PRIMARY KEY,
	medical_record_number text NOT NULL,
	first_name            text NOT NULL,
	last_name             text NOT NULL,
	date_of_birth         date NOT NULL,
	gender                text NOT NULL,
	diagnosis_codes       text[] NOT NULL,
	medications           text[] NOT NULL,
	allergies             text[] NOT NULL,
	last_visit_date       date NOT NULL,
	primary_physician     text NOT NULL,
	insurance_provider    text NOT NULL,
	blood_type            text NOT NULL
)`

// columns lists what the queries select, in the order of fields. Dates are written
// as in the record, whatever date style the database uses.
const columns = `p.id, p.medical_record_number, p.first_name, p.last_name,
	to_char(p.date_of_birth, 'YYYY-MM-DD'), p.gender, p.diagnosis_codes, p.medications, p.allergies,
	to_char(p.last_visit_date, 'YYYY-MM-DD'), p.primary_physician, p.insurance_provider, p.blood_type`

// fields returns the destinations of the columns of a row.
func fields(r *patient.Record) []any {
	return []any{
		(*string)(&r.ID), &r.MedicalRecordNumber, &r.FirstName, &r.LastName, &r.DateOfBirth, &r.Gender,
		&r.DiagnosisCodes, &r.Medications, &r.Allergies, &r.LastVisitDate,
		&r.PrimaryPhysician, &r.InsuranceProvider, &r.BloodType,
	}
}

const (
	selectOne = "SELECT " + columns + " FROM patients p WHERE p.id = $1"

	// Rows come in the order of the ids. An id that is given twice gives two rows.
	selectBatch = "SELECT " + columns + ` FROM unnest($1::text[]) WITH ORDINALITY AS asked(id, place)
	JOIN patients p ON p.id = asked.id ORDER BY asked.place`

	// The keys of a record's JSON are the names of the columns, so that the database
	// can read the JSON. A row that is already right is not changed.
	insert = `INSERT INTO patients
	SELECT r.* FROM unnest($1::text[]) AS line, jsonb_populate_record(NULL::patients, line::jsonb) AS r
	ON CONFLICT (id) DO UPDATE SET
		(medical_record_number, first_name, last_name, date_of_birth, gender, diagnosis_codes, medications, allergies,
		last_visit_date, primary_physician, insurance_provider, blood_type) =
		(excluded.medical_record_number, excluded.first_name, excluded.last_name, excluded.date_of_birth, excluded.gender,
		excluded.diagnosis_codes, excluded.medications, excluded.allergies, excluded.last_visit_date,
		excluded.primary_physician, excluded.insurance_provider, excluded.blood_type)
	WHERE patients.* IS DISTINCT FROM excluded.*`
)

// loading is the key of a lock that admits one load at a time. Two loads that create
// the same table at once would fail.
const loading = 0x4173736179

const rowsAtOnce = 5000 // in one INSERT, which takes a few megabytes

// LoadPatients creates the table in the database with the URL and inserts the first
// n patients: P00000 and so on. It does all of this or nothing. It may be run again:
// rows that are right stay, rows that differ are corrected, and no row is removed.
func LoadPatients(ctx context.Context, url string, n int) error {
	config, err := parsePostgres(url)
	if err != nil {
		return err
	}
	config.ConnConfig.RuntimeParams["statement_timeout"] = "0" // the statement may wait long for another load
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	if err != nil {
		return err // the error says that it could not connect, and to what
	}
	defer func() {
		goodbye, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
		defer cancel()
		_ = conn.Close(goodbye) // committed rows stay even if Close returns an error
	}()
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return load(ctx, tx, n) })
}

// load makes the table and fills it with the first n patients, after any other load of
// the same database has ended.
func load(ctx context.Context, tx pgx.Tx, n int) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", loading); err != nil {
		return fmt.Errorf("wait for another load: %w", err)
	}
	if _, err := tx.Exec(ctx, schema); err != nil {
		return fmt.Errorf("create table: %w", err)
	}
	var record patient.Record
	for first := 0; first < n; first += rowsAtOnce {
		var lines []string
		for i := first; i < min(first+rowsAtOnce, n); i++ {
			patient.Generate(patient.Numbered(i), &record)
			line, err := json.Marshal(&record)
			if err != nil {
				return fmt.Errorf("encode %s: %w", record.ID, err)
			}
			lines = append(lines, string(line))
		}
		if _, err := tx.Exec(ctx, insert, lines); err != nil {
			return fmt.Errorf("insert patients from %s: %w", patient.Numbered(first), err)
		}
	}
	if _, err := tx.Exec(ctx, "ANALYZE patients"); err != nil {
		return fmt.Errorf("analyze table: %w", err)
	}
	return nil
}
