package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// VerifyFull compares a slim bundle with the full bundle that it was made from, and
// returns every difference. There is a difference if either bundle was changed since
// it was written, if the slim bundle carries other sums than those of the full one,
// or if a log is not what [Slim] makes of the full log.
func VerifyFull(slim, full string) (differences []error, err error) {
	for _, dir := range []string{slim, full} {
		found, err := Verify(dir)
		if err != nil {
			return differences, err
		}
		for _, d := range found {
			differences = append(differences, fmt.Errorf("%s: %w", dir, d))
		}
	}
	s, err := Open(slim)
	if err != nil {
		return differences, err
	}
	f, err := Open(full)
	if err != nil {
		return differences, err
	}
	if !s.Slim() {
		return differences, fmt.Errorf("%s is not a slim bundle: it has no %s", slim, ArchiveFile)
	}
	if f.Slim() {
		return differences, fmt.Errorf("%s is a slim bundle itself", full)
	}
	carried, err := s.fullSums()
	if err != nil {
		return differences, fmt.Errorf("read %s: %w", s.place(FullSums), err)
	}
	sums, err := ReadRegular(filepath.Join(full, SumsFile))
	if err != nil {
		return differences, err
	}
	if !bytes.Equal(carried, sums) {
		return append(differences, fmt.Errorf("%s was made from another bundle: its %s is not the %s of %s", slim, FullSums, SumsFile, full)), nil
	}
	for _, t := range f.all() {
		if err := sameLog(s, f, &t); err != nil {
			differences = append(differences, err)
		}
	}
	return differences, nil
}

// sameLog compares a trial's log in a slim bundle with what [Slim] makes of the full
// log.
func sameLog(slim, full *Bundle, t *Trial) error {
	a, err := slim.open(logName(t.ID))
	if errors.Is(err, os.ErrNotExist) {
		if _, err := full.open(logName(t.ID)); errors.Is(err, os.ErrNotExist) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	defer a.Close()
	b, err := full.open(logName(t.ID))
	if err != nil {
		return err
	}
	defer b.Close()
	r, w := io.Pipe()
	go func() { w.CloseWithError(full.slimLog(w, b, t)) }()
	defer r.Close() // ends the writer if the logs differ
	if err := sameIntervals(a, r); err != nil {
		return fmt.Errorf("%s: %w", slim.place(logName(t.ID)), err)
	}
	return nil
}

// sameIntervals compares the contents of two logs, not their bytes: another release
// of Go may compress the same histogram to other bytes.
func sameIntervals(have, want io.Reader) error {
	next, stop := iter.Pull2(lines(want))
	defer stop()
	n := 0
	for line, err := range lines(have) {
		if err != nil {
			return err
		}
		n++
		other, err, ok := next()
		if !ok {
			return fmt.Errorf("interval %d is not in the full log", n)
		}
		if err != nil {
			return fmt.Errorf("the full log: %w", err)
		}
		if !bytes.Equal(line, other) && !sameInterval(line, other) {
			return fmt.Errorf("interval %d is not what the full log gives", n)
		}
	}
	if _, err, ok := next(); ok && err != nil {
		return fmt.Errorf("the full log: %w", err)
	} else if ok {
		return fmt.Errorf("intervals of the full log are missing after the first %d", n)
	}
	return nil
}

// lines yields the lines of a log that hold intervals. Each line is valid until the
// next one.
func lines(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var enough = errors.New("enough")
		err := eachInterval(r, func(line []byte) error {
			if !yield(line, nil) {
				return enough
			}
			return nil
		})
		if err != nil && err != enough {
			yield(nil, err)
		}
	}
}

// sameInterval compares two lines by their fields and by the occupied bins of their
// histograms.
func sameInterval(a, b []byte) bool {
	x, p, err := splitInterval(a)
	y, q, err2 := splitInterval(b)
	if err != nil || err2 != nil || x != y {
		return false
	}
	var d binDecoder
	m, err := d.decode(p)
	n, err2 := d.decode(q)
	return err == nil && err2 == nil && slices.Equal(m, n)
}

// differsFromFull compares a slim bundle with the sums of the full bundle that it
// carries: every file that [Slim] keeps unchanged must have its sum, and every file
// of a finished trial must be listed.
func (b *Bundle) differsFromFull() (differences []error, err error) {
	data, err := b.fullSums()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", b.place(FullSums), err)
	}
	want := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		sum, name, _ := strings.Cut(s.Text(), "  ")
		want[name] = sum
	}
	have, err := b.sumsOfKept()
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if have[name] != want[name] {
			differences = append(differences, fmt.Errorf("%s: %s is not the one of the full bundle: its SHA-256 is %s", b.place(FullSums), name, have[name]))
		}
	}
	members := map[string]bool{}
	for _, f := range b.archive.File {
		members[f.Name] = true
	}
	for _, t := range b.all() {
		names := []string{logName(t.ID), samplesName(t.ID)}
		for _, p := range t.Profiles {
			names = append(names, p.Name())
		}
		for _, name := range names {
			if _, listed := want[name]; listed != members[name] {
				differences = append(differences, fmt.Errorf("%s: %s is in only one of the archive and the full bundle", b.place(FullSums), name))
			}
		}
	}
	return differences, nil
}

// sumsOfKept returns the SHA-256 of every file that a slim bundle has unchanged from
// the full one.
func (b *Bundle) sumsOfKept() (map[string]string, error) {
	sums := map[string]string{}
	for _, name := range kept {
		sum, err := Hash(filepath.Join(b.Dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sums[name] = sum
	}
	for _, f := range b.archive.File {
		if f.Name == FullSums || strings.HasSuffix(f.Name, ".hlog") {
			continue
		}
		sum, err := b.archived(f.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.place(f.Name), err)
		}
		sums[f.Name] = sum
	}
	return sums, nil
}

// archived returns the SHA-256 of a member of the archive.
func (b *Bundle) archived(name string) (string, error) {
	f, err := b.archive.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return hashOf(f)
}

// fullSums returns the sums of the full bundle that the archive carries.
func (b *Bundle) fullSums() ([]byte, error) {
	f, err := b.archive.Open(FullSums)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostSumsBytes+1))
	if err == nil && len(data) > mostSumsBytes {
		err = errors.New("larger than the sums of any bundle")
	}
	return bytes.Clone(data), err
}

// mostSumsBytes limits how much of an archive's FULL-SHA256SUMS is read, in bytes.
// The sums of a million trials take less.
const mostSumsBytes = 256 << 20
