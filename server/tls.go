package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
)

// readTLS returns the settings of HTTPS, with HTTP/2, from the files that the flags
// name. It returns nil if no files are named.
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

// accept serves until the server is closed. It uses TLS if the server has a
// certificate.
func accept(server *http.Server, listener net.Listener) error {
	if server.TLSConfig != nil {
		return server.ServeTLS(listener, "", "") // the settings contain the certificate
	}
	return server.Serve(listener)
}
