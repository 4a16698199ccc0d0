package attack

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// Content types of TLS, and the handshake message that tells of a new key and asks the
// other side for one too.
const (
	recordHandshake = 22
	recordData      = 23
)

var keyUpdate = []byte{24, 0, 0, 1, 1}

// direction is one direction of a TLS 1.3 connection with TLS_AES_128_GCM_SHA256.
type direction struct {
	secret []byte
	aead   cipher.AEAD
	iv     []byte
	number uint64 // of the next record
}

// rekey goes over to a secret.
func (d *direction) rekey(secret []byte) error {
	key, err := expand(secret, "key", 16)
	if err != nil {
		return err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	if d.aead, err = cipher.NewGCM(block); err != nil {
		return err
	}
	d.iv, err = expand(secret, "iv", 12)
	d.secret, d.number = secret, 0
	return err
}

// update goes over to the next secret, as RFC 8446 (7.2) has it.
func (d *direction) update() error {
	next, err := expand(d.secret, "traffic upd", sha256.Size)
	if err != nil {
		return err
	}
	return d.rekey(next)
}

// expand is HKDF-Expand-Label of RFC 8446 (7.1) without a context.
func expand(secret []byte, label string, size int) ([]byte, error) {
	label = "tls13 " + label
	info := append([]byte{byte(size >> 8), byte(size), byte(len(label))}, label...)
	return hkdf.Expand(sha256.New, secret, string(append(info, 0)), size)
}

func (d *direction) nonce() []byte {
	n := bytes.Clone(d.iv)
	for i, b := range binary.BigEndian.AppendUint64(nil, d.number) {
		n[len(n)-8+i] ^= b
	}
	d.number++
	return n
}

// seal makes a record.
func (d *direction) seal(kind byte, text []byte) []byte {
	text = append(bytes.Clone(text), kind)
	header := []byte{recordData, 3, 3, 0, 0}
	binary.BigEndian.PutUint16(header[3:], uint16(len(text)+d.aead.Overhead()))
	return d.aead.Seal(header, d.nonce(), text, header)
}

// open reads a record.
func (d *direction) open(r io.Reader) (kind byte, text []byte, err error) {
	header := make([]byte, 5)
	if _, err := io.ReadFull(r, header); err != nil {
		return 0, nil, err
	}
	sealed := make([]byte, binary.BigEndian.Uint16(header[3:]))
	if _, err := io.ReadFull(r, sealed); err != nil {
		return 0, nil, err
	}
	if text, err = d.aead.Open(nil, d.nonce(), sealed, header); err != nil {
		return 0, nil, err
	}
	text = bytes.TrimRight(text, "\x00")
	return text[len(text)-1], text[:len(text)-1], nil
}

// byteByByte keeps a reader from reading ahead.
type byteByByte struct{ net.Conn }

func (c byteByByte) Read(b []byte) (int, error) { return c.Conn.Read(b[:min(1, len(b))]) }

// serveUpdates shakes hands by crypto/tls, which has no means to change keys, and goes
// on by itself: before and after each answer it changes its key, and asks the client to
// do so. It returns how often the client did.
func serveUpdates(c net.Conn, cfg *tls.Config) (updates int, err error) {
	var log bytes.Buffer
	cfg = cfg.Clone()
	cfg.KeyLogWriter, cfg.SessionTicketsDisabled, cfg.MinVersion = &log, true, tls.VersionTLS13
	hands := tls.Server(byteByByte{c}, cfg)
	if err := hands.Handshake(); err != nil {
		return 0, err
	}
	if suite := hands.ConnectionState().CipherSuite; suite != tls.TLS_AES_128_GCM_SHA256 {
		return 0, fmt.Errorf("cipher suite %s", tls.CipherSuiteName(suite))
	}
	var in, out direction
	for line := range strings.Lines(log.String()) {
		f := strings.Fields(line)
		secret, err := hex.DecodeString(f[2])
		if err != nil {
			return 0, err
		}
		switch f[0] {
		case "CLIENT_TRAFFIC_SECRET_0":
			err = in.rekey(secret)
		case "SERVER_TRAFFIC_SECRET_0":
			err = out.rekey(secret)
		}
		if err != nil {
			return 0, err
		}
	}
	for {
		kind, text, err := in.open(c)
		switch {
		case err != nil:
			return updates, err
		case kind == recordHandshake && text[0] == keyUpdate[0]:
			updates++
			if err := in.update(); err != nil {
				return updates, err
			}
			continue
		case kind != recordData:
			return updates, nil // an alert: the client ends the connection
		}
		if _, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text))); err != nil {
			return updates, err
		}
		for _, record := range []struct {
			kind byte
			text []byte
		}{{recordHandshake, keyUpdate}, {recordData, []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")}, {recordHandshake, keyUpdate}} {
			if _, err := c.Write(out.seal(record.kind, record.text)); err != nil {
				return updates, err
			}
			if record.kind != recordHandshake {
				continue
			}
			if err := out.update(); err != nil {
				return updates, err
			}
		}
	}
}

// A server that changes its keys, before an answer and while the connection is idle, is
// answered with new keys, and no request is lost.
func TestKeysAreUpdated(t *testing.T) {
	srv, client := secure(t, time.Minute, func(http.ResponseWriter, *http.Request) {})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const requests = 10
	var served sync.WaitGroup
	served.Go(func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		updates, err := serveUpdates(c, srv.TLS)
		// The last ones may cross the end of the connection.
		if updates < 2*requests-3 {
			t.Errorf("the client changed its keys %d times for %d requests: %v", updates, requests, err)
		}
	})
	res, _ := runAt(t, Config{URL: "https://" + l.Addr().String(), TLS: client, Clients: 1, Requests: requests, Timeout: time.Minute, Connections: 1})
	if res.Outcomes.OK != requests || res.Redials != 0 || res.Connections != 1 {
		t.Errorf("%+v", res)
	}
	l.Close()
	served.Wait()
}
