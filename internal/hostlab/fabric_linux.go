package hostlab

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// device is the network device of a host.
const device = "eth0"

// fabric is the switch that joins the hosts. It holds every frame for a time.
type fabric struct {
	ports  []*port
	config Config
	in, on sync.WaitGroup // what receives, and what sends

	mu    sync.Mutex
	known map[[6]byte]*port // which address is behind which port
}

// port is the other end of the device of a host.
type port struct {
	host   int
	device *os.File
	// out holds the frames that wait for their time. A frame that finds it full is lost.
	out chan frame
	// cut tells that the host is cut off: frames from it and to it are dropped.
	cut atomic.Bool
}

// frame is one frame on its way: from which host and since when, and when it is due.
type frame struct {
	from     int
	left, at time.Time
	bytes    []byte
}

// Passage is the way of one frame through the switch, by the clock of this process.
type Passage struct {
	From, To int // numbers of hosts
	// Left is when the switch had the frame, which is after the host has sent it. It reached
	// the other host between Before and After.
	Left, Before, After time.Time
	Bytes               []byte // from the Ethernet header on
}

// join makes the devices of the hosts and the switch between them.
func join(hosts []*Host, c Config) (*fabric, error) {
	f := &fabric{config: c, known: map[[6]byte]*port{}}
	for _, h := range hosts {
		d, err := tap(h.holder)
		if err != nil {
			f.close()
			return nil, fmt.Errorf("network device of %s: %w", h.Name, err)
		}
		f.ports = append(f.ports, &port{host: h.number, device: d, out: make(chan frame, 4096)})
	}
	for _, p := range f.ports {
		f.in.Go(func() { f.receive(p) })
		f.on.Go(func() { f.send(p) })
	}
	return f, nil
}

// tap makes a device in the network of a process. This thread is there meanwhile. A
// thread that cannot leave that network again stays locked, so that the runtime ends it
// with its goroutine and never uses it for anything else.
func tap(process int) (_ *os.File, err error) {
	runtime.LockOSThread()
	home, err := os.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()))
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	defer home.Close()
	ns, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", process))
	if err != nil {
		runtime.UnlockOSThread()
		return nil, err
	}
	defer ns.Close()
	if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return nil, fmt.Errorf("enter its network: %w", err)
	}
	defer func() {
		if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back != nil {
			err = errors.Join(err, fmt.Errorf("leave its network: %w", back)) // the thread stays locked
			return
		}
		runtime.UnlockOSThread()
	}()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	req, err := unix.NewIfreq(device)
	if err == nil {
		req.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), device), nil
}

// receive passes on the frames that a host sends.
func (f *fabric) receive(p *port) {
	buf := make([]byte, 2048)
	for {
		n, err := p.device.Read(buf)
		if err != nil {
			return // the switch is closed
		}
		if n < 14 || p.cut.Load() || f.config.Lose != nil && f.config.Lose(buf[:n]) {
			continue
		}
		now := time.Now()
		fr := frame{p.host, now, now.Add(f.config.Delay), append([]byte(nil), buf[:n]...)}
		for _, to := range f.behind(p, fr.bytes) {
			select {
			case to.out <- fr:
			default: // it is full, as a real one may be
			}
		}
	}
}

// behind returns the ports to which a frame goes, and notes where its sender is.
func (f *fabric) behind(from *port, b []byte) (to []*port) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[[6]byte(b[6:12])] = from
	if p := f.known[[6]byte(b[:6])]; p != nil {
		return []*port{p}
	}
	for _, p := range f.ports {
		if p != from {
			to = append(to, p)
		}
	}
	return to
}

// send delivers the frames for a host when their time has come. It sleeps by the system,
// whose timers are finer than those of the runtime.
func (f *fabric) send(p *port) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for fr := range p.out {
		for left := time.Until(fr.at); left > 0; left = time.Until(fr.at) {
			ts := unix.NsecToTimespec(int64(left))
			_ = unix.Nanosleep(&ts, nil) // it may be woken early
		}
		if p.cut.Load() {
			continue
		}
		before := time.Now()
		_, err := p.device.Write(fr.bytes) // a host that takes no frame loses it
		if err == nil && f.config.Seen != nil {
			f.config.Seen(Passage{fr.from, p.host, fr.left, before, time.Now(), fr.bytes})
		}
	}
}

// close removes the devices. Frames that wait are still held for their time, and are
// then lost.
func (f *fabric) close() {
	for _, p := range f.ports {
		_ = p.device.Close()
	}
	f.in.Wait()
	for _, p := range f.ports {
		close(p.out)
	}
	f.on.Wait()
}
