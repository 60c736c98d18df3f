// Package cert keeps the certificate of a gateway, which may be replaced while
// the gateway runs.
package cert

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// The variables that name the files.
const (
	CertVariable = "LAIR_TLS_CERT_PATH"
	KeyVariable  = "LAIR_TLS_KEY_PATH"
)

// every is how often the files are looked at. They are read, not only looked
// at from outside: certificates come through links and in coarse times.
const every = 5 * time.Second

// Keeper has the certificate.
type Keeper struct {
	certPath, keyPath string
	log               *slog.Logger

	current   atomic.Pointer[tls.Certificate]
	cert, key []byte // as they were read last, good or not
}

// Open reads the files, in PEM: a chain of certificates, and a key in any usual
// form. The error is one line that names the variable.
func Open(certPath, keyPath string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{certPath: certPath, keyPath: keyPath, log: log}
	if _, err := k.read(); err != nil {
		return nil, err
	}
	return k, nil
}

// Run reads the files again when they change, until ctx ends. A certificate
// that is of no use leaves the old one in place.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		changed, err := k.read()
		switch {
		case err != nil && (changed || err.Error() != failing):
			failing = err.Error()
			k.log.ErrorContext(ctx, "the new certificate is of no use, the old one stays", "err", err)
		case err == nil && changed:
			failing = ""
			k.log.InfoContext(ctx, "the certificate was replaced", "until", k.current.Load().Leaf.NotAfter)
		}
	}
}

// read takes a new certificate, if the files have one. changed is also true if
// it is of no use.
func (k *Keeper) read() (changed bool, err error) {
	cert, err := content(CertVariable, k.certPath)
	if err != nil {
		return false, err
	}
	key, err := content(KeyVariable, k.keyPath)
	if err != nil {
		return false, err
	}
	if bytes.Equal(cert, k.cert) && bytes.Equal(key, k.key) {
		return false, nil
	}
	k.cert, k.key = cert, key
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return true, fmt.Errorf("%s, %s: %w", CertVariable, KeyVariable, err)
	}
	k.current.Store(&pair)
	return true, nil
}

func content(variable, path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(bytes.TrimSpace(b)) == 0 {
		err = errors.New(path + " is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", variable, err)
	}
	return b, nil
}

// Config returns how a listener is to speak TLS.
func (k *Keeper) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return k.current.Load(), nil
		},
	}
}
