package command

import (
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// echo is a plain connection. With one argument it sends back what it gets at that address;
// with a number and a period after it, it makes so many exchanges with one that does, and
// prints the median and the p95 of their times in seconds.
func echo() {
	if len(os.Args) < 4 {
		l, err := net.Listen("tcp", os.Args[1])
		for err == nil {
			var c net.Conn
			if c, err = l.Accept(); err == nil {
				go func() { _, _ = io.Copy(c, c) }()
			}
		}
		fmt.Println(err)
		os.Exit(1)
	}
	c, err := net.Dial("tcp", os.Args[1])
	n, _ := strconv.Atoi(os.Args[2])
	period, _ := time.ParseDuration(os.Args[3])
	var trips []time.Duration
	for tick := time.NewTicker(period); err == nil && len(trips) < n; <-tick.C {
		begin := time.Now()
		if _, err = c.Write([]byte{1}); err == nil {
			_, err = io.ReadFull(c, []byte{0})
		}
		trips = append(trips, time.Since(begin))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	slices.Sort(trips)
	fmt.Println(trips[len(trips)/2].Seconds(), trips[len(trips)*95/100].Seconds())
}

// stamp reads the monotonic clock of the host, in seconds.
func stamp() float64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic(err)
	}
	return float64(ts.Sec) + float64(ts.Nsec)/1e9
}

// delayOf is how long the server of known answers takes for a request: 30 ms, and for few
// much more, up to 600 ms. The delays of any requests in a row are spread evenly.
func delayOf(k uint64) time.Duration {
	_, u := math.Modf(float64(k+1) * 0.6180339887498949)
	return time.Duration(min(0.03/math.Sqrt(1-u), 0.6) * float64(time.Second))
}

// stamps answers every request after its delay, and writes into a file of its own when the
// request came and when the answer went, by the clock of its host.
func stamps(mux *http.ServeMux) {
	f, err := os.Create(os.Getenv("STAMPS") + "." + strconv.Itoa(os.Getpid()))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var served atomic.Int64
	mux.HandleFunc("/known", func(w http.ResponseWriter, r *http.Request) {
		came := stamp()
		k, _ := strconv.ParseUint(r.Header.Get("X-Vegeta-Seq"), 10, 64)
		time.Sleep(delayOf(k))
		w.Header().Set("Content-Length", "5")
		_, err := io.WriteString(w, "known")
		err = errors.Join(err, http.NewResponseController(w).Flush())
		went := stamp()
		if err == nil && served.Add(1) == 20 {
			err = os.WriteFile(os.Getenv("MARK"), nil, 0o600)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Fprintf(f, "%d %.9f %.9f\n", k, came, went)
	})
}
