package perfcheck

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/results"
)

// usualScenarios is where the scenarios of a check are, unless others are named.
const usualScenarios = "scenarios/gate"

// selection says which scenario files are to be used.
type selection struct {
	work           string   // folder that holds base/ and head/
	here           string   // folder that ./ and ../ are relative to
	base           string   // the base commit, as the caller named it
	paths          []string // files and folders
	micro          bool     // Go benchmarks are compared too, or alone
	short, control bool
}

// chosen holds the selected scenario files, as paths for the harness, and notes for
// readers of the verdict.
type chosen struct {
	files []string
	notes []note
}

// choose finds the scenario files. Both sides use the files of base, because a
// change must not choose the load by which it is judged.
func choose(s selection) (chosen, error) {
	var all chosen
	if len(s.paths) == 0 {
		if s.micro && !s.exists("base/"+usualScenarios) {
			return all, nil
		}
		s.paths = []string{usualScenarios}
	}
	controlled := false
	for _, path := range s.paths {
		at, err := s.locate(strings.TrimSuffix(path, "/"))
		if err != nil {
			return all, err
		}
		files, folder := s.list(at)
		for _, file := range files {
			if with := beside(file, "control"); s.control && s.exists(with) {
				file, controlled = with, true
			}
			all.files = append(all.files, file)
			all.notes = append(all.notes, s.changed(file)...)
		}
		if folder {
			all.notes = append(all.notes, s.added(at)...)
		}
	}
	switch {
	case len(all.files) == 0:
		return all, failf("no scenario in %s: want files named *.yaml", strings.Join(s.paths, " "))
	case s.control && !controlled:
		return all, failf("--control: no folder control beside the scenarios has a file with the same name")
	}
	return all, nil
}

// locate returns the file or folder that a path refers to: an absolute path, or one
// that begins with base/.
func (s *selection) locate(path string) (string, error) {
	at := "base/" + path
	switch {
	case filepath.IsAbs(path):
		at = path
	case strings.HasPrefix(path, "./"), strings.HasPrefix(path, "../"):
		at = filepath.Join(s.here, path)
	}
	if !s.exists(at) {
		return "", failf("BASE (%s) has no %s, and BASE's scenarios are what both sides are measured by: name others with --scenarios PATH, for files on the disk ./%[2]s, or commit some to BASE first", s.base, path)
	}
	switch {
	case !s.short:
		return at, nil
	case !s.folder(at):
		if at = beside(at, "short"); !s.exists(at) {
			return "", failf("--short: no short/%s beside %s: put a short scenario there, or leave --short out", filepath.Base(path), path)
		}
	default:
		if at += "/short"; !s.folder(at) {
			return "", failf("--short: no folder short in %s: put short scenarios there, or leave --short out", path)
		}
	}
	return at, nil
}

// list returns the file itself, or the scenario files of a folder, sorted by name.
func (s *selection) list(at string) (files []string, folder bool) {
	if !s.folder(at) {
		return []string{at}, false
	}
	for _, name := range s.names(at) {
		files = append(files, at+"/"+name)
	}
	return files, true
}

// names returns the names of the scenario files in a folder, or nil if the folder
// does not exist.
func (s *selection) names(folder string) (names []string) {
	entries, err := os.ReadDir(s.path(folder))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// changed returns a note if head has a different file, or none, in the place of a
// file of base.
func (s *selection) changed(file string) []note {
	name, ok := strings.CutPrefix(file, "base/")
	if !ok {
		return nil // from the disk
	}
	if !s.exists("head/" + name) {
		return []note{about("%s is not in HEAD any more; both sides were measured by BASE's", name)}
	}
	if !same(s.path(file), s.path("head/"+name)) {
		return []note{about("not gated: the change of %s in HEAD; both sides were measured by BASE's", name)}
	}
	return nil
}

// added returns a note for each scenario file of a folder that only head has.
func (s *selection) added(folder string) (notes []note) {
	inside, ok := strings.CutPrefix(folder, "base/")
	if !ok {
		return nil
	}
	for _, name := range s.names("head/" + inside) {
		if !s.exists(folder + "/" + name) {
			notes = append(notes, about("not gated: %s is new in HEAD", inside+"/"+name))
		}
	}
	return notes
}

// beside returns the path of the file with the same name in a folder next to the
// file.
func beside(file, folder string) string {
	dir, name := filepath.Split(file)
	return dir + folder + "/" + name
}

// path returns the path of a file on the disk.
func (s *selection) path(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.work, file)
}

// exists reports whether there is something at the path of a file of the selection.
func (s *selection) exists(file string) bool {
	_, err := os.Stat(s.path(file))
	return err == nil
}

// folder reports whether there is a folder at the path of a file of the selection.
func (s *selection) folder(file string) bool {
	info, err := os.Stat(s.path(file))
	return err == nil && info.IsDir()
}

// same reports whether two files have the same content. A file that cannot be read
// equals no other file.
func same(a, b string) bool {
	left, err := results.ReadRegular(a)
	if err != nil {
		return false
	}
	right, err := results.ReadRegular(b)
	return err == nil && bytes.Equal(left, right)
}
