package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
)

// readTLS makes the settings of HTTPS from the files that the flags name, or
// none for no files. HTTP/2 comes with them.
func readTLS(certFile, keyFile string) (*tls.Config, error) {
	switch {
	case certFile == "" && keyFile == "":
		return nil, nil
	case keyFile == "":
		return nil, fmt.Errorf("-tls-cert %q needs -tls-key", certFile)
	case certFile == "":
		return nil, fmt.Errorf("-tls-key %q needs -tls-cert", keyFile)
	}
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("-tls-cert %q with -tls-key %q: %w", certFile, keyFile, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, nil
}

// accept serves until the server is closed, with TLS if it is set up for it.
func accept(server *http.Server, listener net.Listener) error {
	if server.TLSConfig != nil {
		return server.ServeTLS(listener, "", "") // the certificate is in the settings
	}
	return server.Serve(listener)
}
