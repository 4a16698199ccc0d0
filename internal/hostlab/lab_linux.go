package hostlab

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Config describes hosts.
type Config struct {
	Hosts int           // number of hosts
	Delay time.Duration // of every frame, each way
	Dir   string        // an empty folder for everything that the hosts need
	// Clocks move the monotonic clock of hosts, by number. A host without an entry has the
	// clock of the machine.
	Clocks map[int]time.Duration
	// Seen is told of every frame that has reached its host; it may be nil. Calls come from
	// several goroutines, and hold up the link.
	Seen func(Passage)
	// Lose is asked of every frame whether it is lost on its way; it may be nil.
	Lose func(frame []byte) bool
}

// Lab are the hosts.
type Lab struct {
	// Hosts are h0, h1 and so on, in this order.
	Hosts []*Host
	// Temp is the folder in which each host has files of its own, and Lock a file in it.
	Temp, Lock string

	config Config
	fabric *fabric
	stops  []func() // in the order of their start
}

// Host is one of them.
type Host struct {
	Name    string // h0, h1, …
	Address string // in the network of the lab

	lab    *Lab
	number int
	holder int // process that holds the namespaces
	// outer is the process that was started as unshare. With a time namespace, outer is
	// the parent of the holder, because only children enter a new time namespace; without
	// one, outer is the holder itself.
	outer int
	// timed tells that the host has a time namespace, which its programs have to enter.
	timed bool
}

// programs are what every lab needs.
var programs = []string{"ip", "nsenter", "unshare", "mount", "hostname"}

// Path is where Debian installs what is meant for root.
func Path() string { return os.Getenv("PATH") + ":/usr/sbin:/sbin" }

// Missing says why hosts cannot be made here with these programs; empty: they can.
// Missing makes a namespace and opens the tun device to find out.
func Missing(more ...string) string {
	var missing []string
	for _, p := range append(programs, more...) {
		if _, err := find(p); err != nil {
			missing = append(missing, p)
		}
	}
	if len(missing) > 0 {
		return strings.Join(missing, ", ") + " not found; scripts/test-tools.sh installs what tests need"
	}
	if out, err := command("unshare", "--net", "--uts", "--mount", "true").CombinedOutput(); err != nil {
		return fmt.Sprintf("hosts that are namespaces need root: %v %s", err, out)
	}
	if f, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0); err != nil {
		return err.Error()
	} else {
		f.Close()
	}
	return ""
}

// find looks for a program where Debian installs programs.
func find(name string) (string, error) {
	for _, dir := range filepath.SplitList(Path()) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s: %w", name, exec.ErrNotFound)
}

// command is a program with the words. One that is not found fails when it is started.
func command(words ...string) *exec.Cmd {
	c := exec.Command(words[0], words[1:]...)
	if path, err := find(words[0]); err == nil && !strings.Contains(words[0], "/") {
		c.Path, c.Err = path, nil
	}
	return c
}

// New makes hosts. The folder of the configuration must exist, and be empty. What was
// made is taken down again if New fails; otherwise Close does that.
func New(c Config) (*Lab, error) {
	l := &Lab{Temp: filepath.Join(c.Dir, "tmp"), config: c}
	l.Lock = filepath.Join(l.Temp, "lock")
	if err := os.Mkdir(l.Temp, 0o700); err != nil {
		return nil, err
	}
	for i := range c.Hosts {
		if err := l.host(i); err != nil {
			l.Close()
			return nil, fmt.Errorf("make host %d: %w", i, err)
		}
	}
	var err error
	if l.fabric, err = join(l.Hosts, c); err != nil {
		l.Close()
		return nil, err
	}
	l.stops = append(l.stops, l.fabric.close)
	for _, h := range l.Hosts {
		err := h.Run("ip", "addr", "add", h.Address+"/24", "dev", device)
		if err == nil {
			err = h.Run("ip", "link", "set", device, "up")
		}
		if err != nil {
			l.Close()
			return nil, err
		}
	}
	return l, nil
}

// setUp prepares a host from inside, says which process it is, and waits for the end of its
// input, which comes at the latest with the end of this process.
const setUp = `hostname "$0" && ip link set lo up && mount --bind "$1" "$2" && echo $$ && exec cat`

// host makes a host that has no network yet.
func (l *Lab) host(i int) error {
	h := &Host{Name: fmt.Sprintf("h%d", i), Address: fmt.Sprintf("10.77.0.%d", 10+i), lab: l, number: i}
	own := filepath.Join(l.config.Dir, h.Name)
	if err := os.Mkdir(own, 0o700); err != nil {
		return err
	}
	words := []string{"unshare", "--net", "--uts", "--mount", "--propagation=private"}
	if d, ok := l.config.Clocks[i]; ok {
		h.timed = true
		seconds := strconv.FormatInt(int64(d/time.Second), 10)
		words = append(words, "--time", "--monotonic="+seconds, "--boottime="+seconds, "--fork")
	}
	c := command(append(words, "sh", "-c", setUp, h.Name, own, l.Temp)...)
	c.Env = append(os.Environ(), "PATH="+Path())
	var log strings.Builder
	c.Stderr = &log
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	h.outer = c.Process.Pid
	l.stops = append(l.stops, func() {
		in.Close()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		in.Close()
		return fmt.Errorf("%w: %s", errors.Join(err, c.Wait()), log.String())
	}
	if h.holder, err = strconv.Atoi(strings.TrimSpace(line)); err != nil {
		return err
	}
	l.Hosts = append(l.Hosts, h)
	return nil
}

// Close ends every process on every host, and the hosts. A second call does nothing.
func (l *Lab) Close() {
	for _, h := range l.Hosts {
		h.Clear()
	}
	for i := len(l.stops) - 1; i >= 0; i-- {
		l.stops[i]()
	}
	l.stops, l.Hosts = nil, nil
}

// enter enters a host in the folder in which the command is started, which a change of the
// mount namespace would leave.
const enter = `folder=$(pwd) && exec "$0" --wdns="$folder" "$@"`

// Command is a program that runs on the host. The program is looked for on the paths of
// this machine, runs in the folder of the command, and is not started yet.
func (h *Host) Command(words ...string) *exec.Cmd {
	into := []string{"sh", "-c", enter, "nsenter", "--target=" + strconv.Itoa(h.holder), "--net", "--uts", "--mount"}
	if h.timed {
		into = append(into, "--time")
	}
	if path, err := find(words[0]); err == nil && !strings.Contains(words[0], "/") {
		words = append([]string{path}, words[1:]...)
	}
	c := command(append(append(into, "--"), words...)...)
	c.Env = append(os.Environ(), "PATH="+Path(), "TMPDIR="+h.lab.Temp, "ASSAY_LOCK="+h.lab.Lock)
	return c
}

// Run runs a program on the host to its end. An error holds what the program wrote.
func (h *Host) Run(words ...string) error {
	if out, err := h.Command(words...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s on %s: %w\n%s", strings.Join(words, " "), h.Name, err, out)
	}
	return nil
}

// Cut cuts the host off the network, or connects it again: no frame passes, and no program
// is told.
func (h *Host) Cut(off bool) { h.lab.fabric.ports[h.number].cut.Store(off) }

// Daemon starts a program that stays on the host until the lab is closed, and writes
// what it says into a file. The file is HOST-NAME.log in the folder of the lab. Daemon
// does not wait until the program is ready.
func (h *Host) Daemon(name string, words ...string) error {
	log, err := os.Create(filepath.Join(h.lab.config.Dir, h.Name+"-"+name+".log"))
	if err != nil {
		return err
	}
	c := h.Command(words...)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return errors.Join(err, log.Close())
	}
	h.lab.stops = append(h.lab.stops, func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		log.Close()
	})
	return nil
}

// write writes a file of the lab and returns its path.
func (l *Lab) write(name, text string, mode os.FileMode) (string, error) {
	path := filepath.Join(l.config.Dir, name)
	return path, os.WriteFile(path, []byte(text), mode)
}

// await runs a program on a host again and again until it succeeds. After two minutes,
// await returns the last error.
func (h *Host) await(words ...string) error {
	var err error
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = h.Run(words...); err == nil {
			return nil
		}
	}
	return err
}
