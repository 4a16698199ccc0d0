package command

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/harness/internal/handshake/certificate"
)

// tlsserver makes certificates and serves with them: "make DIR [expired|NAME]" writes
// one for 127.0.0.1, or for another name, into a folder, and "serve PORT DIR" serves
// HTTPS, with HTTP/2, with what is there.
func tlsserver() {
	if err := serveOrMake(os.Args[1:]); err != nil {
		fmt.Println("tlsserver:", err)
		os.Exit(1)
	}
}

func serveOrMake(args []string) error {
	if args[0] == "serve" {
		hello := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello over", r.Proto) })
		return http.ListenAndServeTLS("127.0.0.1:"+args[1], filepath.Join(args[2], certificate.CertFile), filepath.Join(args[2], certificate.KeyFile), hello)
	}
	var s certificate.SelfSigned
	if len(args) > 2 && args[2] == "expired" {
		s.Expired = true
	} else if len(args) > 2 {
		s.Name = args[2]
	}
	if err := os.MkdirAll(args[1], 0o700); err != nil {
		return err
	}
	return s.Write(args[1])
}
