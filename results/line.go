package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
)

// Every line of trials.jsonl ends with the SHA-256 of what stands before it in the
// line:
//
//	{"id":"s.a.b01", … ,"sha256":"<64 hexadecimal digits>"}
//
// It protects a bundle whose run has not ended, and which therefore has no SHA256SUMS
// yet. To readers that do not know it, it is one more key.
const (
	sumKey = `,"sha256":"`
	sumEnd = `"}`
)

// encodeLine returns the line of a trial, with its checksum and its line feed.
func encodeLine(t *Trial) ([]byte, error) {
	line, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	line = line[:len(line)-1] // the closing brace follows the checksum
	sum := sha256.Sum256(line)
	return append(hex.AppendEncode(append(line, sumKey...), sum[:]), sumEnd+"\n"...), nil
}

// decodeLine reads the line of a trial, and holds it against its checksum. Lines of the
// first version have none: must says that there has to be one.
func decodeLine(line []byte, must bool) (t Trial, err error) {
	line = bytes.TrimSuffix(line, []byte("\n"))
	if at := len(line) - len(sumEnd) - 2*sha256.Size - len(sumKey); at > 0 && bytes.HasPrefix(line[at:], []byte(sumKey)) {
		sum := sha256.Sum256(line[:at])
		if string(line[at+len(sumKey):]) != hex.EncodeToString(sum[:])+sumEnd {
			return t, errors.New("the line was changed since it was written: it does not have the SHA-256 that stands at its end")
		}
	} else if must {
		return t, errors.New("the line was changed since it was written: it has no SHA-256 at its end")
	}
	if err := json.Unmarshal(line, &t); err != nil {
		return t, err
	}
	if t.ID == "" || filepath.Base(t.ID) != t.ID || !filepath.IsLocal(t.ID) {
		return t, fmt.Errorf("trial %q: not the name of a trial", t.ID)
	}
	return t, nil
}

// Why returns why a trial does not count. It is empty for a valid trial.
func (t *Trial) Why() string {
	switch {
	case t.Valid:
		return ""
	case len(t.Invalid) == 0:
		return "no reason is recorded"
	}
	return t.Invalid[0]
}

// damaged returns what keeps a run from being continued: lines that contradict
// themselves, and logs or samples that are missing or are not those of their trial.
// The bundle has no SHA256SUMS that would tell.
func (b *Bundle) damaged() error {
	var found []error
	for _, t := range b.all() {
		if id := t.id(t.Attempt); id != t.ID {
			found = append(found, fmt.Errorf("%s: trial %s says that it is %s", b.place(TrialsFile), t.ID, id))
		}
		if !t.Valid && len(t.Invalid) == 0 {
			found = append(found, fmt.Errorf("%s: trial %s is void, and no reason is recorded", b.place(TrialsFile), t.ID))
		}
		found = append(found, b.sameFile(logName(t.ID), t.LogSHA256), b.sameFile(samplesName(t.ID), t.SamplesSHA256))
		for _, p := range t.Profiles {
			found = append(found, b.sameFile(p.Name(), p.SHA256))
		}
		if !b.Manifest.TrialSums {
			// The first version wrote a log for every trial, and no hash of it.
			found = append(found, b.CheckLog(t.ID))
		}
	}
	return errors.Join(found...)
}

// sameFile compares a file of the bundle with its recorded SHA-256. Without one it is
// not compared.
func (b *Bundle) sameFile(name, sum string) error {
	if sum == "" {
		return nil
	}
	f, err := b.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	now, err := hashOf(f)
	if err == nil && now != sum {
		err = fmt.Errorf("%s was changed since its trial ended", b.place(name))
	}
	return err
}
