package cert

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// The variables that name the files of a certificate between programs.
const (
	PeerCertVariable = "LAIR_GRPC_CERT_PATH"
	PeerKeyVariable  = "LAIR_GRPC_KEY_PATH"
	PeerCAVariable   = "LAIR_GRPC_CA_PATH"
)

// prefix keeps the names of roles apart from other names that the same
// authority may vouch for.
const prefix = "lair-"

// Name returns what the certificate of a role has among its DNS names.
func Name(role string) string { return prefix + role }

// OpenPeer reads the files of a certificate between programs: as those of a
// public one, and the certificates of the authorities that are believed. role is
// that of this program; if it is empty the certificate may be of any.
//
// The three are taken together or not at all. To change the authority, give all
// programs both first, then the new certificates, then the new authority alone:
// what would shut the program out from itself is refused until the rest is there.
func OpenPeer(certPath, keyPath, caPath, role string, log *slog.Logger) (*Keeper, error) {
	judge := func(h *held) error { return fit(h, role) }
	return open([]file{{PeerCertVariable, certPath}, {PeerKeyVariable, keyPath}, {PeerCAVariable, caPath}}, judge, judge, log)
}

// Server returns how to serve other programs, with the files as they are now.
// Nobody is let in who has no certificate of the authority.
func (k *Keeper) Server() *tls.Config {
	now := k.current.Load()
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{now.pair},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: now.roots,
		SessionTicketsDisabled: true, // who comes again is looked at again
	}
}

// Client returns how to call the service of a role, with the files as they are
// now. It is the role that is checked, not the address.
func (k *Keeper) Client(role string) *tls.Config {
	now := k.current.Load()
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{now.pair},
		RootCAs: now.roots, ServerName: Name(role),
	}
}

// Role returns the role that the certificate names.
func (k *Keeper) Role() string {
	for _, name := range k.current.Load().pair.Leaf.DNSNames {
		if role, ok := strings.CutPrefix(name, prefix); ok {
			return role
		}
	}
	return ""
}

// Of says whether a certificate is that of a role. Whether it is to be believed
// is another question.
func Of(c *x509.Certificate, role string) bool { return slices.Contains(c.DNSNames, Name(role)) }

// fit says whether a certificate is of use to a program of the role: others
// would refuse it for the same reasons.
func fit(h *held, role string) error {
	leaf, now := h.pair.Leaf, time.Now()
	switch {
	case role != "" && !Of(leaf, role):
		return fmt.Errorf("the certificate must have the DNS name %s, and has %q", Name(role), leaf.DNSNames)
	case now.Before(leaf.NotBefore):
		return fmt.Errorf("the certificate is not valid before %s", leaf.NotBefore.Format(time.RFC3339))
	}
	if err := current(h); err != nil {
		return err
	}
	chain := x509.NewCertPool()
	for _, der := range h.pair.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		chain.AddCert(c)
	}
	for _, use := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		o := x509.VerifyOptions{Roots: h.roots, Intermediates: chain, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{use}}
		if _, err := leaf.Verify(o); err != nil {
			return fmt.Errorf("the certificate is not good for both ends of a call under %s: %w", PeerCAVariable, err)
		}
	}
	return nil
}

// bundle reads certificates of authorities. Half a file is no bundle: what x509
// passes over may be the one that is needed.
func bundle(text []byte) (*x509.CertPool, error) {
	pool, rest, n := x509.NewCertPool(), text, 0
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("there is a %s among the certificates", block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		pool.AddCert(c)
		n++
	}
	if begun := bytes.Count(text, []byte("-----BEGIN ")); n == 0 || n != begun {
		return nil, errors.New("this is no whole bundle of certificates")
	}
	return pool, nil
}
