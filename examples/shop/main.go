// Command shop is a small shop with an HTTP API, to be benchmarked: people log in, look
// around, fill a basket and order. It is an example and no shop: baskets and sessions are
// in memory, and everything else is in one file.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// drain is how long requests under way may take when the shop is told to end.
const drain = 5 * time.Second

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	file := flag.String("db", "shop.db", "file of the database")
	pages := flag.Int("pages", 0, "number of product pages that are kept, the latest ones; 0: none")
	flag.Parse()
	if err := run(*addr, *file, *pages, os.Getenv("SHOP_ADMIN_KEY")); err != nil {
		log.Fatalf("shop: %v", err)
	}
}

// run serves the shop until a signal ends it. key is what administrators show; without one
// nobody is an administrator.
func run(addr, file string, pages int, key string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	db, err := openDatabase(file)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer db.Close()
	srv := &http.Server{Addr: addr, Handler: newShop(db, pages, key), ReadHeaderTimeout: 5 * time.Second}
	over := make(chan error, 1)
	go func() { over <- srv.ListenAndServe() }()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := srv.Shutdown(limited); err != nil {
		return fmt.Errorf("end: %w", err)
	}
	if err := <-over; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
