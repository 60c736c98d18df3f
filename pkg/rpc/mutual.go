package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/peer"

	"github.com/lair-chat/lair/pkg/cert"
)

// mutual speaks TLS with the certificates as they are at the time of each
// handshake, so that a replaced one is used by the next connection and breaks
// none that is there.
type mutual struct {
	credentials.TransportCredentials // answers Info

	keeper  *cert.Keeper
	service string // the role that is called; empty of a server
	log     *slog.Logger
	refused prometheus.Counter // of a server
}

func clientCredentials(o Options) credentials.TransportCredentials {
	if o.Cert == nil {
		return insecure.NewCredentials()
	}
	return &mutual{TransportCredentials: credentials.NewTLS(o.Cert.Client(o.Service)), keeper: o.Cert, service: o.Service}
}

func serverCredentials(o Options) credentials.TransportCredentials {
	if o.Cert == nil {
		return insecure.NewCredentials()
	}
	return &mutual{
		TransportCredentials: credentials.NewTLS(o.Cert.Server()), keeper: o.Cert, log: o.Log,
		refused: refusals(o.Registry).WithLabelValues(string(refusedCertificate)),
	}
}

// ClientHandshake implements credentials.TransportCredentials.
func (m *mutual) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return credentials.NewTLS(m.keeper.Client(m.service)).ClientHandshake(ctx, authority, raw)
}

// ServerHandshake implements credentials.TransportCredentials.
func (m *mutual) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	in := &heard{Conn: raw}
	conn, info, err := credentials.NewTLS(m.keeper.Server()).ServerHandshake(in)
	// Who only looks whether somebody listens says nothing, and is no news.
	if err != nil && in.any && !left(err) {
		m.refused.Inc()
		m.log.Warn("connection refused", "peer", raw.RemoteAddr().String(), "err", err)
	}
	return conn, info, err
}

// left reports whether the other side was gone, or silent, before it was judged: as
// those are who gave up while this process hung.
func left(err error) bool {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF, os.ErrDeadlineExceeded, syscall.ECONNRESET, syscall.EPIPE} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// heard knows whether the other side has said anything.
type heard struct {
	net.Conn
	any bool // written by the handshake only until it is over
}

// Read implements net.Conn.
func (h *heard) Read(b []byte) (int, error) {
	n, err := h.Conn.Read(b)
	if n > 0 && !h.any {
		h.any = true
	}
	return n, err
}

// Clone implements credentials.TransportCredentials.
func (m *mutual) Clone() credentials.TransportCredentials {
	c := *m
	c.TransportCredentials = m.TransportCredentials.Clone()
	return &c
}

// certified reports an error if the caller's certificate is of another role: the
// key alone makes everybody a peer, the certificate says which.
func certified(ctx context.Context, o Options, role string) error {
	if o.Cert == nil {
		return nil
	}
	p, ok := peer.FromContext(ctx)
	if !ok {
		return &refusedError{refusedCertificate, "the caller has no connection"}
	}
	conn, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok || len(conn.State.VerifiedChains) == 0 {
		return &refusedError{refusedCertificate, "the caller has no certificate"}
	}
	if c := conn.State.VerifiedChains[0][0]; !cert.Of(c, role) {
		return &refusedError{refusedCertificate, fmt.Sprintf("the certificate of %q is not of the role %q", c.DNSNames, role)}
	}
	return nil
}
