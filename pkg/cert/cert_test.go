package cert_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/testkit/certtest"
)

// serial returns the number of the certificate that clients get now.
func serial(t *testing.T, k *cert.Keeper) int64 {
	t.Helper()
	c, err := k.Config().GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf.SerialNumber.Int64()
}

// lines is a log that may be read while it is written.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryUsualFormOfKeyIsRead(t *testing.T) {
	authority := certtest.New(t)
	pair, key := authority.Issue(t, 7)
	block, _ := pem.Decode(key)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(parsed.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range [][]byte{key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1})} {
		certPath, keyPath := certtest.Write(t, t.TempDir(), pair, form)
		k, err := cert.Open(certPath, keyPath, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if n := serial(t, k); n != 7 {
			t.Errorf("the certificate has the number %d", n)
		}
	}
}

func TestFilesOfNoUseAreRefusedInOneLine(t *testing.T) {
	authority := certtest.New(t)
	pair, key := authority.Issue(t, 1)
	_, other := authority.Issue(t, 2)
	for name, files := range map[string]struct {
		cert, key []byte
		says      string
	}{
		"NoCertificate":    {nil, key, cert.CertVariable + ": "},
		"NoKey":            {pair, nil, cert.KeyVariable + ": "},
		"EmptyCertificate": {[]byte(" \n"), key, cert.CertVariable + ": "},
		"EmptyKey":         {pair, []byte("\n"), cert.KeyVariable + ": "},
		"Nonsense":         {[]byte("hello"), key, "certificate"},
		"NonsenseKey":      {pair, []byte("hello"), "key"},
		"OtherKey":         {pair, other, "does not match"},
		"Swapped":          {key, pair, cert.CertVariable},
	} {
		t.Run(name, func(t *testing.T) {
			certPath, keyPath := certtest.Write(t, t.TempDir(), files.cert, files.key)
			if files.cert == nil {
				certPath = filepath.Join(t.TempDir(), "none")
			}
			if files.key == nil {
				keyPath = filepath.Join(t.TempDir(), "none")
			}
			_, err := cert.Open(certPath, keyPath, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), files.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestANewCertificateIsTakenAndABadOneIsNot(t *testing.T) {
	authority := certtest.New(t)
	pair, key := authority.Issue(t, 1)
	next, nextKey := authority.Issue(t, 2)
	certPath, keyPath := certtest.Write(t, t.TempDir(), pair, key)
	synctest.Test(t, func(t *testing.T) {
		var out lines
		k, err := cert.Open(certPath, keyPath, slog.New(slog.NewTextHandler(&out, nil)))
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = k.Run(t.Context()) }()
		later := func(want int64, errors int) {
			t.Helper()
			time.Sleep(time.Minute)
			synctest.Wait()
			if n := serial(t, k); n != want {
				t.Errorf("the certificate has the number %d, want %d", n, want)
			}
			if n := strings.Count(out.String(), "level=ERROR"); n != errors {
				t.Errorf("%d errors were logged, want %d:\n%s", n, errors, &out)
			}
		}
		later(1, 0)
		put(t, certPath, next) // the key is still the old one
		later(1, 1)
		put(t, keyPath, nextKey)
		later(2, 1)
		put(t, certPath, []byte("half a certif"))
		later(2, 2)
		if err := os.Remove(keyPath); err != nil {
			t.Fatal(err)
		}
		later(2, 3)
		put(t, certPath, pair)
		put(t, keyPath, key)
		later(1, 3)
	})
}
