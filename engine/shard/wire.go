package shard

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

const (
	// silence is for how long nothing may come over a connection until it is given up: a beat is a second.
	silence = 5 * time.Second
	// queued is how many messages may wait to be sent over one.
	queued = 256
)

// wire is a connection with another shard. What is posted goes out in order; the first failure closes it.
type wire struct {
	conn    *tls.Conn
	out     chan []byte
	closing chan struct{}
	once    sync.Once
	sent    sync.WaitGroup
}

func newWire(c *tls.Conn) *wire {
	w := &wire{conn: c, out: make(chan []byte, queued), closing: make(chan struct{})}
	w.sent.Go(w.send)
	return w
}

func (w *wire) send() {
	for {
		select {
		case <-w.closing:
			return
		case b := <-w.out:
			if _, err := w.conn.Write(b); err != nil {
				w.close()
				return
			}
		}
	}
}

// post sends a message some time soon. It does not block: whoever takes so little is cut off.
func (w *wire) post(k kind, says any, body []byte) error {
	b, err := pack(k, says, body)
	if err != nil {
		return err
	}
	select {
	case w.out <- b:
	default:
		w.close()
	}
	return nil
}

func (w *wire) close() {
	w.once.Do(func() {
		close(w.closing)
		_ = w.conn.NetConn().Close() // the end of it is all that is wanted
	})
}

// patient is a connection whose reads and writes each have a limit, so that what still comes, however slowly, is not cut
// off.
type patient struct {
	net.Conn
}

func (p patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

func (p patient) Write(b []byte) (int, error) {
	if err := p.SetWriteDeadline(time.Now().Add(silence)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}

// certificate is one for the occasion: it says nothing of who has it, and is checked by nobody.
func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, nil
}

func serverTLS(c net.Conn, cert tls.Certificate) *tls.Conn {
	return tls.Server(patient{c}, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true})
}

func clientTLS(c net.Conn) *tls.Conn {
	// Nobody vouches for the certificate: the proof over the token and the connection's own secret does.
	return tls.Client(patient{c}, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}) //nolint:gosec // see proof
}

// The two ends prove different things, so that neither can send back what it got.
const (
	asLeader   = "aimbench shard leader"
	asFollower = "aimbench shard follower"
)

// proof is what only who has the token and is one end of the connection can say: somebody in the middle has two
// connections, whose secrets differ.
func proof(c *tls.Conn, token []byte, role string) ([]byte, error) {
	state := c.ConnectionState()
	secret, err := state.ExportKeyingMaterial("EXPORTER-aimbench-shard", nil, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("proving the token: %w", err)
	}
	code := hmac.New(sha256.New, token)
	code.Write([]byte(role))
	code.Write(secret)
	return code.Sum(nil), nil
}

// proven reports whether the other end has the token.
func proven(c *tls.Conn, token []byte, role string, said []byte) bool {
	want, err := proof(c, token, role)
	return err == nil && hmac.Equal(want, said)
}
