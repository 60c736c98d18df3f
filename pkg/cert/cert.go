// Package cert keeps certificates that may be replaced while they are used: the
// public one of a gateway, and the one by which a program proves to the others
// what it is.
package cert

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// The variables that name the files of a public certificate.
const (
	CertVariable = "LAIR_TLS_CERT_PATH"
	KeyVariable  = "LAIR_TLS_KEY_PATH"
)

// every is how often the files are looked at. They are read, not only looked
// at from outside: certificates come through links and in coarse times.
const every = 5 * time.Second

// file is a file and the variable that names it.
type file struct{ variable, path string }

// Keeper has a certificate.
type Keeper struct {
	files []file
	judge func(*held) error // says why a set of files is of no use
	log   *slog.Logger

	current atomic.Pointer[held]
	last    [][]byte // the files as they were read last, good or not
	said    reminder
}

// held is a set of files that belong together.
type held struct {
	pair  tls.Certificate
	roots *x509.CertPool // nil of a public certificate
}

// Open reads the files of a public certificate, in PEM: a chain of certificates,
// and a key in any usual form. The error is one line that names the variable.
func Open(certPath, keyPath string, log *slog.Logger) (*Keeper, error) {
	// One that has expired is better than none at a start, but replaces nothing.
	return open([]file{{CertVariable, certPath}, {KeyVariable, keyPath}}, nil, current, log)
}

// open takes what the files have if first is content with it, and later what
// judge is content with.
func open(files []file, first, judge func(*held) error, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{files: files, judge: first, log: log}
	if _, err := k.read(); err != nil {
		return nil, err
	}
	k.judge = judge
	return k, nil
}

// Run reads the files again when they change, until ctx ends. A certificate
// that is of no use leaves the old one in place.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := ""
	for {
		k.remind(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		changed, err := k.read()
		switch {
		case err != nil && (changed || err.Error() != failing):
			failing = err.Error()
			k.log.ErrorContext(ctx, "the new certificate is of no use, the old one stays", "err", err, "files", k.names())
		case err == nil && changed:
			failing = ""
			k.log.InfoContext(ctx, "the certificate was replaced", "until", k.Until(), "files", k.names())
		}
	}
}

// Until returns when the certificate that is served now expires.
func (k *Keeper) Until() time.Time { return k.current.Load().pair.Leaf.NotAfter }

// read takes a new certificate, if the files have one. changed is also true if
// it is of no use.
func (k *Keeper) read() (changed bool, err error) {
	now := make([][]byte, len(k.files))
	for i, f := range k.files {
		if now[i], err = content(f); err != nil {
			return false, err
		}
	}
	if slices.EqualFunc(now, k.last, bytes.Equal) {
		return false, nil
	}
	k.last = now
	next := &held{}
	if next.pair, err = tls.X509KeyPair(now[0], now[1]); err != nil {
		return true, fmt.Errorf("%s, %s: %w", k.files[0].variable, k.files[1].variable, err)
	}
	if len(now) > 2 {
		if next.roots, err = bundle(now[2]); err != nil {
			return true, fmt.Errorf("%s: %w", k.files[2].variable, err)
		}
	}
	if k.judge != nil {
		if err := k.judge(next); err != nil {
			return true, fmt.Errorf("%s: %w", k.files[0].variable, err)
		}
	}
	k.current.Store(next)
	return true, nil
}

// names returns the variables of the files.
func (k *Keeper) names() string {
	var all []string
	for _, f := range k.files {
		all = append(all, f.variable)
	}
	return strings.Join(all, " ")
}

// current says whether a certificate has not expired.
func current(h *held) error {
	if until := h.pair.Leaf.NotAfter; time.Now().After(until) {
		return fmt.Errorf("the certificate has expired at %s", until.Format(time.RFC3339))
	}
	return nil
}

func content(f file) ([]byte, error) {
	b, err := os.ReadFile(f.path)
	if err == nil && len(bytes.TrimSpace(b)) == 0 {
		err = errors.New(f.path + " is empty")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.variable, err)
	}
	return b, nil
}

// Config returns how a public listener is to speak TLS.
func (k *Keeper) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			return &k.current.Load().pair, nil
		},
	}
}
