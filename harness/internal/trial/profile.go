package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"sync"
	"time"

	"github.com/google/pprof/profile"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/internal/pprofile"
	"github.com/assay-bench/assay/results"
)

const (
	// profileGrace is how much longer than the profile the server may take to answer: it
	// has to write down the profile while it is under load.
	profileGrace = time.Minute
	// mostProfile limits the size of a profile, in bytes.
	mostProfile = 64 << 20
)

// cumulative are the kinds of profiles that count since the server started.
var cumulative = []string{results.ProfileAllocs, results.ProfileMutex, results.ProfileBlock}

// profiler profiles one server over the measured window. It works beside the load, in
// goroutines that end when the profiles are there.
type profiler struct {
	server  *server
	url     *url.URL
	client  *http.Client
	several bool // other servers of the trial are profiled too

	began time.Time
	first map[string]*profile.Profile // the cumulative profiles when the window began
	cpu   []byte
	span  time.Duration // of the CPU profile
	data  []results.ProfileData
	err   error
	done  sync.WaitGroup
}

// beginProfiles starts to profile the servers, if this is a profiled trial. The window
// that was asked for decides how long a CPU profile takes: whole seconds, because that
// is what servers understand, and at least one.
func (r *runner) beginProfiles(ctx context.Context, window time.Duration) {
	if !r.spec.Planned.Profiled {
		return
	}
	for _, s := range r.servers {
		if s.Profile == "" {
			continue
		}
		p := &profiler{server: s, client: &http.Client{Transport: &http.Transport{
			TLSClientConfig: s.secure.Clone(), DialContext: reach.For(s.Profile).DialContext,
		}}}
		r.profilers = append(r.profilers, p)
	}
	for _, p := range r.profilers {
		p.several = len(r.profilers) > 1
		p.done.Go(func() { p.begin(ctx, max(time.Second, window.Truncate(time.Second))) })
	}
}

// endProfiles waits for the CPU profiles, and takes the cumulative ones for the second
// time.
func (r *runner) endProfiles(ctx context.Context) {
	for _, p := range r.profilers {
		p.done.Wait()
		p.end(ctx, r.spec.ID())
		p.client.CloseIdleConnections()
	}
}

// profiled returns the profiles of a trial. The error says that a server gave no CPU
// profile; without it, the trial is of no use.
func (r *runner) profiled() (all []results.ProfileData, err error) {
	for _, p := range r.profilers {
		if p.err != nil {
			err = errors.Join(err, fmt.Errorf("profile server %s: %w", p.server.Name, p.err))
		}
		all = append(all, p.data...)
	}
	return all, err
}

// begin reads the cumulative profiles that the server has, and then takes the CPU
// profile, which lasts as long as asked for. It reads the cumulative profiles one after
// the other, so that the CPU profile begins a little after the window does.
func (p *profiler) begin(ctx context.Context, span time.Duration) {
	if p.url, p.err = url.Parse(reach.HTTP(p.server.Profile)); p.err != nil {
		return
	}
	p.first, p.began = map[string]*profile.Profile{}, time.Now()
	for _, kind := range cumulative {
		// A server that does not offer this kind is profiled without it.
		if data, err := p.get(ctx, p.sibling(kind), profileGrace); err == nil {
			if first, err := pprofile.Parse(data); err == nil {
				p.first[kind] = first
			}
		}
	}
	u := *p.url
	q := u.Query()
	q.Set("seconds", strconv.Itoa(int(span.Seconds())))
	u.RawQuery = q.Encode()
	if p.cpu, p.err = p.get(ctx, u.String(), span+profileGrace); p.err != nil {
		return
	}
	got, err := pprofile.Parse(p.cpu)
	if err != nil {
		p.err = fmt.Errorf("GET %s: the answer is not a profile in pprof's format: %w", u.String(), err)
		return
	}
	if p.span = time.Duration(got.DurationNanos); p.span <= 0 {
		p.span = span
	}
}

// end takes the cumulative profiles again and stores the differences.
func (p *profiler) end(ctx context.Context, trial string) {
	if p.err != nil {
		return
	}
	p.add(trial, results.ProfileCPU, p.span, p.cpu)
	for _, kind := range cumulative {
		if p.first[kind] == nil {
			continue
		}
		data, err := p.get(ctx, p.sibling(kind), profileGrace)
		if err == nil {
			data, err = difference(p.first[kind], data)
		}
		if err != nil {
			p.err = fmt.Errorf("the profile %s at the end of the window: %w", kind, err)
			return
		}
		p.add(trial, kind, time.Since(p.began), data)
	}
}

// add keeps a profile of that kind, which was taken over that time.
func (p *profiler) add(trial, kind string, span time.Duration, data []byte) {
	p.data = append(p.data, results.ProfileData{Data: data, Profile: results.Profile{
		Server: p.server.Name, Kind: kind, Seconds: span.Seconds(),
		File: results.ProfileFile(trial, p.server.Name, kind, p.several),
	}})
}

// sibling returns the URL of another kind of profile, which Go's servers have beside the
// CPU profile.
func (p *profiler) sibling(kind string) string {
	u := *p.url
	u.Path = path.Join(path.Dir(u.Path), kind)
	return u.String()
}

// get reads a profile within a time.
func (p *profiler) get(ctx context.Context, url string, within time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols { // there is no body: it is the connection
		return nil, fmt.Errorf("GET %s answers %s", url, resp.Status)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, mostProfile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("GET %s: %w", url, err)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("GET %s answers %s: %s", url, resp.Status, bytes.TrimSpace(data[:min(len(data), 200)]))
	case len(data) > mostProfile:
		return nil, fmt.Errorf("GET %s: a profile of more than %d MiB", url, mostProfile>>20)
	}
	return data, nil
}

// difference returns what a cumulative profile grew by, as a file. Both profiles must be
// of one process, or counts below zero are the result.
func difference(first *profile.Profile, data []byte) ([]byte, error) {
	last, err := pprofile.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("the answer is not a profile in pprof's format: %w", err)
	}
	first = first.Copy()
	first.Scale(-1)
	grown, err := profile.Merge([]*profile.Profile{last, first})
	if err != nil {
		return nil, err
	}
	// The times of the two are those of when each was taken, and mean nothing in the sum.
	grown.TimeNanos, grown.DurationNanos = last.TimeNanos, 0
	var out bytes.Buffer
	if err := grown.Write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
