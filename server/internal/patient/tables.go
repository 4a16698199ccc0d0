package patient

// condition pairs an ICD-10 code with a medication commonly given for it.
type condition struct{ code, medication string }

var (
	genders    = [...]string{"female", "male", "female", "male", "female", "male", "other", "unknown"}
	bloodTypes = [...]string{"O+", "A+", "B+", "AB+", "O-", "A-", "B-", "AB-"}

	firstNames = [...]string{
		"Ada", "Amir", "Anouk", "Beatriz", "Bilal", "Chen", "Dagny", "Diego", "Edith", "Elif", "Farah", "Finn",
		"Greta", "Hana", "Henrik", "Imani", "Ivo", "Jonas", "Kenji", "Kofi", "Lena", "Liam", "Mara", "Mateo",
		"Nadia", "Noah", "Olga", "Omar", "Priya", "Quentin", "Rosa", "Samir", "Sofia", "Tariq", "Uma", "Viktor",
		"Wen", "Ximena", "Yara", "Zoë",
	}
	lastNames = [...]string{
		"Abara", "Alvarez", "Bakker", "Bauer", "Castillo", "Cohen", "Dahl", "Dubois", "Eriksen", "Fischer",
		"García", "Haddad", "Hughes", "Ito", "Jansen", "Kaya", "Kowalski", "Laurent", "Lindqvist", "Mbeki",
		"Moreau", "Nakamura", "Novak", "O'Brien", "Okafor", "Park", "Petrov", "Quispe", "Rahman", "Rossi",
		"Sato", "Schmidt", "Silva", "Takahashi", "Tanaka", "Usman", "Vega", "Weber", "Yilmaz", "Zhang",
	}
	physicians = [...]string{
		"Dr. Aalto", "Dr. Banerjee", "Dr. Conti", "Dr. Deschamps", "Dr. Eze", "Dr. Feldman", "Dr. Grant",
		"Dr. Holm", "Dr. Iyer", "Dr. Jurado", "Dr. Kim", "Dr. Lopes",
	}
	insurers = [...]string{
		"Alder Health", "Beacon Mutual", "Cedar Care", "Delta Provident", "Evergreen Plan", "Fairfield Trust",
		"Self-pay",
	}
	conditions = [...]condition{
		{"E11.9", "Metformin 500 mg"}, {"I10", "Lisinopril 10 mg"}, {"J45.909", "Salbutamol inhaler"},
		{"E78.5", "Atorvastatin 20 mg"}, {"M54.50", "Naproxen 250 mg"}, {"F41.1", "Sertraline 50 mg"},
		{"K21.9", "Omeprazole 20 mg"}, {"E03.9", "Levothyroxine 50 µg"}, {"I48.91", "Apixaban 5 mg"},
		{"G43.909", "Sumatriptan 50 mg"}, {"N39.0", "Nitrofurantoin 100 mg"}, {"J30.9", "Cetirizine 10 mg"},
		{"D50.9", "Ferrous sulfate 325 mg"}, {"M81.0", "Alendronate 70 mg"}, {"L20.9", "Hydrocortisone 1 % cream"},
	}
	allergies = [...]string{
		"Penicillin", "Latex", "Peanuts", "Sulfonamides", "Shellfish", "Aspirin", "Bee venom", "Iodine contrast",
	}
)
