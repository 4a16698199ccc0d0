package scenario

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// Findings returns what would make a valid scenario fail on this machine: servers that
// are never told their port, and programs that are not there. It is empty if there is
// nothing of the kind.
//
// Note: reading a scenario does not report these. A program may be built between
// reading and running, and a bundle must be readable where its programs are not.
func (s *Scenario) Findings() Errors {
	r := reporter{file: s.File}
	for _, v := range s.Servers {
		s.findPrograms(&r, &v)
	}
	s.findHook(&r, s.Prepare, "prepare")
	s.findHook(&r, s.Cleanup, "cleanup")
	return append(s.Unstartable(), r.sorted()...)
}

// Notes returns objectives that a run would leave undecided, because no trial can have
// enough values. They are no errors: a search changes the rate, and a scenario may be
// measured for other numbers.
func (s *Scenario) Notes() Errors {
	r := reporter{file: s.File}
	fewest := map[string]uint64{} // by objective, of the loads that cannot judge it
	for _, l := range s.Loads() {
		for _, o := range l.Objectives {
			if n, few := l.tooFew(o); few {
				if before, ok := fewest[o.Text]; !ok || n < before {
					fewest[o.Text] = n
				}
			}
		}
	}
	for text, n := range fewest {
		o, _ := parseObjective(text)
		m, _ := results.MetricByName(o.Metric)
		r.report(s.places["objective."+text],
			fmt.Sprintf("objectives: %s can never be judged in a run: a trial has %d requests, and it takes %d", o.Metric, n, m.Fewest),
			"make the window longer or the rate higher, or bound a lower quantile; a search makes its windows long enough by itself")
	}
	return r.sorted()
}

// Unstartable returns an error for every server that is never told where to listen, so
// that it could never become ready.
func (s *Scenario) Unstartable() Errors { return s.untold }

// findPrograms reports programs of a server that are not there in some cell.
func (s *Scenario) findPrograms(r *reporter, v *Server) {
	for _, cell := range s.Cells() {
		look := func(command []string, dir, key string, place func(string) string, also string) {
			if len(command) == 0 {
				return
			}
			lookup := s.lookup(cell, Env{}, v.Name)
			program, err := expand(command[0], lookup)
			folder, err2 := expand(dir, lookup)
			if err != nil || err2 != nil {
				return // it is built, or depends on the trial
			}
			if bad := findIn(place(program), folder, also); bad != nil {
				r.report(s.places[v.Name+"."+key], key+": "+bad.message, bad.suggestion)
			}
		}
		asWritten := func(program string) string { return program }
		place, also := asWritten, ""
		if v.Beside {
			place = func(name string) string { return programPath(name, s.beside) }
			also = "the folder of the scenario file, or else to "
		}
		look(v.Command, v.Dir, "command", place, also)
		look(v.BuildCommand, v.BuildDir, "build.command", asWritten, "")
	}
}

// findHook reports a program of prepare or cleanup that is not there.
func (s *Scenario) findHook(r *reporter, h *Hook, key string) {
	if h == nil || strings.Contains(h.Command[0], "${") {
		return
	}
	if bad := findProgram(h.Command[0], filepath.Dir(s.File)); bad != nil {
		r.report(s.places[key], key+".command: "+bad.message, bad.suggestion)
	}
}

// programPath is the path of a program for which a scenario gives no directory. One that
// is written with a slash lies in the folder of the scenario file, as everything that a
// scenario names. If it is not there, it is relative to the folder in which the harness
// was started, as it was in the first version. Beside returns where a file lies that the
// scenario names.
func programPath(program string, beside func(string) string) string {
	if !strings.ContainsAny(program, `/\`) || filepath.IsAbs(program) {
		return program
	}
	path := beside(program)
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return program
	}
	if !strings.ContainsAny(path, `/\`) {
		path = "." + string(filepath.Separator) + path // else it would be looked for in PATH
	}
	return path
}

// findProgram looks for a program as it would be started in a folder.
func findProgram(program, folder string) *problem { return findIn(program, folder, "") }

// findIn is findProgram. Also names another folder in which the program is not either.
func findIn(program, folder, also string) *problem {
	if !strings.ContainsAny(program, `/\`) {
		if _, err := exec.LookPath(program); err != nil {
			return &problem{fmt.Sprintf("there is no program %q in PATH", program), "install it, or write its path"}
		}
		return nil
	}
	path := program
	if !filepath.IsAbs(program) {
		path = filepath.Join(folder, program)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		suggestion := "build it first, or correct the path"
		if where, err := filepath.Abs(folder); err == nil && !filepath.IsAbs(program) {
			suggestion += fmt.Sprintf(", which is relative to %s%s", also, where)
		}
		return &problem{fmt.Sprintf("there is no program %q", program), suggestion}
	case info.IsDir():
		return &problem{fmt.Sprintf("%q is a folder, expected a program", program), ""}
	case info.Mode()&0o111 == 0 && filepath.Ext(path) != ".exe":
		return &problem{fmt.Sprintf("%q may not be executed", program), "chmod +x " + path}
	}
	return nil
}

// tooFew reports whether an objective is for a quantile of which no stream of a load can
// have enough values, and how many requests the largest stream makes: nothing is
// concluded from such a quantile.
func (l *CellLoad) tooFew(o results.Objective) (most uint64, few bool) {
	m, ok := results.MetricByName(o.Metric)
	if !ok || m.Fewest == 0 {
		return 0, false
	}
	for i := range l.Streams {
		n, known := l.Streams[i].requests()
		if !known || n >= m.Fewest {
			return 0, false
		}
		most = max(most, n)
	}
	return most, true
}

// requests returns how many requests the load makes in its window, if the scenario
// says it.
func (s *Stream) requests() (uint64, bool) {
	if s.Closed != nil {
		return uint64(s.Closed.Requests), s.Closed.Requests > 0
	}
	if s.Open == nil || slices.ContainsFunc(s.Open.Stages, func(st Stage) bool { return st.From < 0 || st.To < 0 }) {
		return 0, false
	}
	sum := 0.0
	for _, st := range s.Open.Stages {
		sum += (st.From + st.To) / 2 * st.Duration.Seconds()
	}
	return uint64(sum + 0.5), s.Open.Duration() > time.Duration(0)
}

// place remembers where something stands, for messages after the reading.
func (c *checker) place(key string, at mark) {
	if c.out.places == nil {
		c.out.places = map[string]mark{}
	}
	c.out.places[key] = at
}

// ports notes servers that are never told where to listen.
func (c *checker) ports(f *fileScenario) {
	look := func(s *fileServer, name, what string) {
		if s.Command.given() {
			c.listensOn(s, name, what)
			c.told(s, name, what)
		}
	}
	if f.Server != nil {
		look(f.Server, defaultServer, "server")
	}
	for i := range f.Servers.items {
		look(&f.Servers.items[i].fileServer, f.Servers.items[i].Name.value, "servers")
	}
}

// toldOf reports whether ${port}, or another name of where a server listens, stands where
// the server's command could see it.
func (c *checker) toldOf(where, name, what string) bool {
	for _, s := range c.sites {
		if s.own != name && !strings.HasPrefix(s.what, "prepare") {
			continue
		}
		seen := s.what == what+".command" || strings.HasPrefix(s.what, what+".env.") || strings.HasPrefix(s.what, "prepare")
		if seen && (mentions(s.text.value, where) && s.own == name || mentions(s.text.value, where+"."+name)) {
			return true
		}
	}
	return false
}

// told notes a server with a command that cannot know where to listen: neither ${port} nor
// ${socket} stands where the command could see it. A server whose readiness has an address
// of its own may listen where it likes, as long as no stream loads it.
func (c *checker) told(f *fileServer, name, what string) {
	socket := c.toldOf("socket", name, what) && c.address("socket")
	if !socket {
		c.untoldSocket(name)
	}
	if socket || c.toldOf("port", name, what) {
		return
	}
	loaded := slices.ContainsFunc(c.out.Streams, func(s Stream) bool { return s.Server == name })
	if !loaded && f.Ready != nil && strings.Contains(f.Ready.Path.value, "://") {
		return
	}
	c.out.untold = append(c.out.untold, &Error{
		File: c.file, Line: f.Command.line, Column: f.Command.column, Message: what + ": the command is never told its port or socket",
		Suggestion: "write ${port}, or ${socket} for a Unix domain socket, where the command, env or prepare takes the address to listen on",
	})
}

// mentions reports whether ${name} stands in a text.
func mentions(s, name string) bool {
	parts, _, _ := split(s)
	return slices.ContainsFunc(parts, func(p part) bool { return p.name == name })
}
