package host

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
)

// latencyDevice takes the longest wake-up latency that this system may have, in µs,
// as a number of 32 bits. The limit holds while the file is open. Usually only root
// may write to the file.
const latencyDevice = "/dev/cpu_dma_latency"

// keepAwake makes idle CPUs poll for work instead of sleeping, if that is allowed,
// until release is called or the process ends.
func keepAwake() (release func()) {
	f, err := os.OpenFile(latencyDevice, os.O_WRONLY, 0)
	if err != nil {
		return func() {}
	}
	if _, err := f.Write(make([]byte, 4)); err != nil {
		f.Close()
		return func() {}
	}
	return func() { f.Close() }
}

// asking counts the files that this process has open to keep CPUs awake. It counts
// open files, because a user who may only write to the device cannot read the limit.
func asking() (n int) {
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		return 0
	}
	for _, f := range open {
		if to, err := os.Readlink(f); err == nil && to == latencyDevice {
			n++
		}
	}
	return n
}

// idle says what idle CPUs do: "polling" or "sleeping", or "" if that is not known.
func idle() string {
	if d := read(cpuDir + "cpuidle/current_driver"); d == "" || d == "none" {
		return "" // there is no driver that would obey the limit
	}
	if asking() > 0 {
		return "polling"
	}
	f, err := os.Open(latencyDevice)
	if err != nil {
		return "sleeping"
	}
	defer f.Close()
	var most [4]byte
	if _, err := io.ReadFull(f, most[:]); err != nil || binary.NativeEndian.Uint32(most[:]) != 0 {
		return "sleeping"
	}
	return "polling"
}
