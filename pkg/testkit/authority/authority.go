// Package authority makes certificates between programs that are thrown away.
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Authority vouches for programs.
type Authority struct {
	// PEM is its certificate.
	PEM []byte

	cert *x509.Certificate
	key  crypto.Signer
}

// Pair is a certificate and its key in PEM.
type Pair struct{ Cert, Key []byte }

// life is how long certificates are good.
const life = 365 * 24 * time.Hour

// New makes an authority.
func New() (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Lair Chat, to be thrown away " + serial.String()},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(life),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	a := &Authority{PEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), key: key}
	a.cert, err = x509.ParseCertificate(der)
	return a, err
}

// Issue makes a certificate for both ends of a call, with DNS names such as
// lair-auth.
func (a *Authority) Issue(names ...string) (Pair, error) {
	return a.IssueUntil(time.Now().Add(life), names...)
}

// IssueUntil is Issue with the time of its end, which may be over.
func (a *Authority) IssueUntil(end time.Time, names ...string) (Pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return Pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, DNSNames: names, NotBefore: end.Add(-life - time.Hour), NotAfter: end,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return Pair{}, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	return Pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}),
	}, nil
}

// Files are the paths of a certificate, its key, and the authority's certificate.
type Files struct{ Cert, Key, CA string }

// Write issues a certificate and puts it into the folder, under the first name.
func (a *Authority) Write(dir string, names ...string) (Files, error) {
	pair, err := a.Issue(names...)
	if err != nil {
		return Files{}, err
	}
	f := Files{filepath.Join(dir, names[0]+".crt"), filepath.Join(dir, names[0]+".key"), filepath.Join(dir, names[0]+".ca")}
	return f, f.Put(pair, a.PEM)
}

// Put writes other content to the files.
func (f Files) Put(pair Pair, ca []byte) error {
	for path, content := range map[string][]byte{f.Cert: pair.Cert, f.Key: pair.Key, f.CA: ca} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
