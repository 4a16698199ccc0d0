package campaign

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/launch"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/work"
	"github.com/assay-bench/assay/internal/usage"
	"github.com/assay-bench/assay/results"
)

// Hosts say on which hosts a run is made. With an empty On everything happens in this
// process and on this machine.
type Hosts struct {
	On         string   // engine
	Generators int      // how many share every load
	ServerOn   string   // node of the servers that have no host of their own
	Nodes      []string // NAME=NODE; NAME may be "generators", with several nodes between commas
	Listen     string   // HOST or HOST:PORT at which workers reach this process
	Worker     string   // path of this program on the nodes; empty: the same as here, and /assay in an image
	Image      string   // of pods; empty: that of the pod in which this process runs
	Namespace  string   // of pods; empty: that of kubectl's context
	Resources  []string // NAME=CPU,MEMORY of pods; NAME as in Nodes
}

// serverHost is the name of the host of servers without a host of their own.
const serverHost = "server"

// generatorNodes is the name by which the nodes of the generators are given.
const generatorNodes = "generators"

// check finds flags that contradict each other, before anything is started. Every error
// is wrong usage, and nothing was started yet.
func (h *Hosts) check(all []Work, profile int) error {
	if h.On == "" {
		switch {
		case h.Generators != 0:
			return usage.Errorf("--generators needs --on ENGINE; engines: %s", strings.Join(launch.Engines(), ", "))
		case h.ServerOn != "" || len(h.Nodes) > 0:
			return usage.Errorf("--server-on and --host need --on ENGINE; engines: %s", strings.Join(launch.Engines(), ", "))
		case h.Image != "" || h.Namespace != "" || len(h.Resources) > 0:
			return usage.Errorf("--image, --namespace and --resources are for --on kubernetes")
		case h.Listen != "" || h.Worker != "":
			return usage.Errorf("--listen and --worker need --on ENGINE; engines: %s", strings.Join(launch.Engines(), ", "))
		}
		return nil
	}
	if _, err := h.launcher(); err != nil {
		return err
	}
	if profile > 0 {
		return usage.Errorf("--profile does not work with --on: profile the server by a run without --on, on the server's host")
	}
	if h.Generators < 0 {
		return usage.Errorf("--generators %d: want 1 or more", h.Generators)
	}
	if err := h.checkSockets(all); err != nil {
		return err
	}
	if err := h.checkRunning(all); err != nil {
		return err
	}
	if h.On != launch.Local {
		for _, w := range all {
			for _, s := range w.Servers {
				if len(s.BuildCommand) > 0 {
					return usage.Errorf("--on %s: scenario %s builds its server here, and programs are not sent to other hosts: build it on its host, and name it under command", h.On, w.Name)
				}
			}
		}
	}
	workers, err := h.workers(all)
	if err != nil {
		return err
	}
	if err := divisible(all, workers); err != nil {
		return err
	}
	return h.sized(workers)
}

// divisible requires that every generator has a client and a connection of every load.
func divisible(all []Work, workers []launch.Worker) error {
	generators := 0
	for _, w := range workers {
		if strings.HasPrefix(w.Seat, results.RoleGenerator+"-") {
			generators++
		}
	}
	for _, w := range all {
		for _, cell := range w.Chosen {
			for _, st := range w.For(cell).Streams {
				what, n := "connections", st.Connections
				if st.Closed != nil && st.Closed.Clients < n {
					what, n = "clients", st.Closed.Clients
				}
				if n < generators {
					return usage.Errorf("--generators %d: the generators cannot share the %d %s of stream %s of scenario %s, %s: raise `%s`, or use fewer generators", generators, n, what, st.Name, w.Name, cell.Name(), what)
				}
			}
		}
	}
	return nil
}

// launcher returns the launcher of the engine. It starts nothing. The error is about a
// flag.
func (h *Hosts) launcher() (launch.Launcher, error) {
	o := launch.Options{Program: h.Worker, Pods: launch.Pods{Image: h.Image, Namespace: h.Namespace}}
	for _, text := range h.Resources {
		name, size, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, usage.Errorf("--resources %s: want NAME=CPU,MEMORY, like %s=2,512Mi", text, generatorNodes)
		}
		if _, twice := o.Pods.Sizes[name]; twice {
			return nil, usage.Errorf("--resources %s is given twice", name)
		}
		parsed, err := launch.ParseSize(size)
		if err != nil {
			return nil, usage.Errorf("--resources %s: %w", text, err)
		}
		if o.Pods.Sizes == nil {
			o.Pods.Sizes = map[string]launch.Size{}
		}
		o.Pods.Sizes[name] = parsed
	}
	return launch.New(h.On, o)
}

// sized requires that --resources names hosts of the run.
func (h *Hosts) sized(workers []launch.Worker) error {
	known := []string{generatorNodes}
	for _, w := range workers {
		if !strings.HasPrefix(w.Seat, results.RoleGenerator+"-") {
			known = append(known, w.Seat)
		}
	}
	for _, text := range h.Resources {
		if name, _, _ := strings.Cut(text, "="); !slices.Contains(known, name) {
			return usage.Errorf("--resources %s: there is no host %s in this run; it has %s", text, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// checkSockets refuses Unix domain sockets of servers that a worker starts or may not reach.
func (h *Hosts) checkSockets(all []Work) error {
	var wrong scenario.Errors
	for _, w := range all {
		wrong = append(wrong, w.ApartFromSockets(h.On != launch.Local)...)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// checkRunning refuses to watch the processes of servers that already run on hosts that have
// no worker.
func (h *Hosts) checkRunning(all []Work) error {
	for _, w := range all {
		for _, s := range w.Servers {
			if h.On != launch.Local && len(s.Command) == 0 && w.HasAlso(s.Name) {
				return usage.Errorf("--on %s: server %s of scenario %s already runs, so the run has no worker on its host that could watch what `also` names: start the server by a command, or leave out also", h.On, s.Name, w.Name)
			}
		}
	}
	return nil
}

// hostOf is the name of the host that a server stands on.
func hostOf(s *scenario.Server) string { return cmp.Or(s.Host, serverHost) }

// serverHosts returns the names of the hosts of servers, with the servers on each, as
// SCENARIO/SERVER.
func serverHosts(all []Work) map[string][]string {
	on := map[string][]string{}
	for _, w := range all {
		for i := range w.Servers {
			if s := &w.Servers[i]; len(s.Command) > 0 {
				on[hostOf(s)] = append(on[hostOf(s)], w.Name+"/"+s.Name)
			}
		}
	}
	return on
}

// workers returns the workers that the run needs: the generators first, then the hosts of
// servers by name.
func (h *Hosts) workers(all []Work) ([]launch.Worker, error) {
	nodes := map[string]string{}
	for _, text := range h.Nodes {
		name, node, ok := strings.Cut(text, "=")
		if !ok || name == "" || node == "" {
			return nil, usage.Errorf("--host %s: want NAME=NODE", text)
		}
		if _, twice := nodes[name]; twice {
			return nil, usage.Errorf("--host %s is given twice", name)
		}
		nodes[name] = node
	}
	if h.ServerOn != "" {
		if _, twice := nodes[serverHost]; twice {
			return nil, usage.Errorf("--server-on and --host %s=... say the same: give one of them", serverHost)
		}
		nodes[serverHost] = h.ServerOn
	}
	workers, err := h.generators(nodes[generatorNodes])
	if err != nil {
		return nil, err
	}
	hosts := serverHosts(all)
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		workers = append(workers, launch.Worker{Seat: name, Node: nodes[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(nodes)) {
		if _, ok := hosts[name]; !ok && name != generatorNodes {
			return nil, usage.Errorf("--host %s=%s: no server stands on a host of that name; the scenarios have %s", name, nodes[name], strings.Join(slices.Sorted(maps.Keys(hosts)), ", "))
		}
	}
	return workers, h.placed(workers)
}

// generators returns the workers of the generators on their nodes. Without --generators
// there are as many as nodes are named, and one if none is.
func (h *Hosts) generators(list string) (all []launch.Worker, err error) {
	var nodes []string
	if list != "" {
		nodes = strings.Split(list, ",")
	}
	n := cmp.Or(h.Generators, max(len(nodes), 1))
	if list != "" && n != len(nodes) {
		return nil, usage.Errorf("--generators %d: --host %s= names %d nodes", n, generatorNodes, len(nodes))
	}
	for i := range n {
		w := launch.Worker{Seat: fmt.Sprintf("%s-%d", results.RoleGenerator, i)}
		if list != "" {
			w.Node = strings.TrimSpace(nodes[i])
		}
		all = append(all, w)
	}
	return all, nil
}

// placed requires a node for every worker, each with a node of its own. The local engine
// has none, and some engines choose all nodes if none is named.
func (h *Hosts) placed(workers []launch.Worker) error {
	named := slices.ContainsFunc(workers, func(w launch.Worker) bool { return w.Node != "" })
	if !named && launch.Chooses(h.On) {
		return nil
	}
	taken := map[string]string{}
	for _, w := range workers {
		if h.On == launch.Local {
			if w.Node != "" {
				return usage.Errorf("--on local: %s cannot stand on %s: all hosts are this machine", w.Seat, w.Node)
			}
			continue
		}
		flag := "--host " + w.Seat + "=NODE"
		switch {
		case strings.HasPrefix(w.Seat, results.RoleGenerator+"-"):
			flag = "--host " + generatorNodes + "=NODE,…"
		case w.Seat == serverHost:
			flag = "--server-on NODE"
		}
		or := ""
		if launch.Chooses(h.On) {
			or = ", or name no node at all: " + h.On + " then chooses them"
		}
		if w.Node == "" && h.On == launch.Kubernetes {
			continue // its scheduler finds one, beside nodes that are named
		}
		if w.Node == "" {
			return usage.Errorf("--on %s: on which node is %s? Add %s%s", h.On, w.Seat, flag, or)
		}
		if other, twice := taken[w.Node]; twice {
			return usage.Errorf("--on %s: %s and %s are both on %s: each needs a host of its own", h.On, other, w.Seat, w.Node)
		}
		taken[w.Node] = w.Seat
	}
	return nil
}

// place divides the CPUs of this machine between servers and generator, unless they are on
// other machines.
func (h *Hosts) place() host.Placement {
	if h.On == "" || h.On == launch.Local {
		return host.Place()
	}
	return host.Placement{}
}

// address returns the address to listen on for workers, and the host that they dial.
// Port 0 lets the system choose one. Without --listen, the first IPv4 address that is no
// loopback is taken, which may be the wrong one on a host with several networks.
func (h *Hosts) address() (listen, host string, err error) {
	if h.Listen != "" {
		host, port, err := net.SplitHostPort(h.Listen)
		if err != nil {
			host, port = strings.Trim(h.Listen, "[]"), "0"
		}
		if host == "" {
			return "", "", usage.Errorf("--listen %s: which host do the workers dial? Write HOST or HOST:PORT", h.Listen)
		}
		return net.JoinHostPort(host, port), host, nil
	}
	if h.On == launch.Local {
		return "127.0.0.1:0", "127.0.0.1", nil
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return "", "", fmt.Errorf("find an address for workers to dial: %w", err)
	}
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() && ip.IP.To4() != nil {
			return net.JoinHostPort(ip.IP.String(), "0"), ip.IP.String(), nil
		}
	}
	return "", "", usage.Errorf("this machine has no address that other hosts could dial: give one with --listen HOST")
}

// Shipped makes the scenarios that another process of this run was sent, by name. root is
// the folder that holds their files.
func Shipped(root string, s *work.Shipment) (map[string]*scenario.Scenario, error) {
	all, err := scenario.Load(s.Paths, scenario.Options{AllowRemote: s.AllowRemote, Root: root})
	if err != nil {
		return nil, err
	}
	byName := map[string]*scenario.Scenario{}
	for _, sc := range all {
		if s.Quick {
			cut(sc)
		}
		if err := sc.ReadSecrets(func(name string) (string, bool) { v, ok := s.Secrets[name]; return v, ok }); err != nil {
			return nil, err
		}
		byName[sc.Name] = sc
	}
	return byName, nil
}
