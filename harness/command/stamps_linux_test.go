package command

import (
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
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

// delayOf is how long the server of known answers takes for a request: 150 ms, and for few
// much more, up to 3 s, which is long beside what a busy machine adds. The delays of any
// requests in a row are spread evenly.
func delayOf(k uint64) time.Duration {
	_, u := math.Modf(float64(k+1) * 0.6180339887498949)
	return time.Duration(min(0.15/math.Sqrt(1-u), 3) * float64(time.Second))
}

// The header and the body of an answer each say, in a frame of their own, which request it
// answers.
const (
	knownHeader = "X-Known"
	knownBody   = "known %012d"
)

// stamps answers every request after its delay, and writes into a file when the request
// came and when its answer was about to be sent, by the clock of its host. The file has the
// port of the server in its name.
func stamps(mux *http.ServeMux) {
	_, port, err := net.SplitHostPort(os.Args[1])
	var f *os.File
	if err == nil {
		f, err = os.Create(os.Getenv("STAMPS") + "." + port)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	mux.HandleFunc("/known", func(w http.ResponseWriter, r *http.Request) {
		came := stamp()
		k, _ := strconv.ParseUint(r.Header.Get("X-Vegeta-Seq"), 10, 64)
		time.Sleep(delayOf(k))
		body := fmt.Sprintf(knownBody, k)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Header().Set(knownHeader, strconv.FormatUint(k, 10))
		// The whole line before the answer: when the generator has that, the line is there.
		if _, err := fmt.Fprintf(f, "%d %.9f %.9f\n", k, came, stamp()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		_ = http.NewResponseController(w).Flush() // the generator tells what did not reach it
		_, _ = io.WriteString(w, body)
	})
}
