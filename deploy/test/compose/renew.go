package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/deploy/test/hall"
)

// next is the certificate that comes in the place of the one that init.sh made.
type next struct{ cert, key []byte }

func newNext() (next, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return next{}, err
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 90),
		BasicConstraintsValid: true, IsCA: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return next{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return next{}, err
	}
	return next{pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})}, nil
}

// renew gives the load balancer another certificate, as docs/operations.md says, and
// holds that who is connected stays so. The checkout has the one of before in the end.
func renew(ctx context.Context, people *hall.Hall, c containers, trust *tls.Config, n next) error {
	before, err := os.ReadFile(certificate)
	if err != nil {
		return err
	}
	defer os.WriteFile(certificate, before, 0o600) //nolint:errcheck // it was written to a moment ago
	dir, err := os.MkdirTemp("", "lair-certificate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cert, key := filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	if err := errors.Join(os.WriteFile(cert, n.cert, 0o600), os.WriteFile(key, n.key, 0o600)); err != nil {
		return err
	}
	var changes atomic.Int32
	link, err := witness(ctx, trust, func() { changes.Add(1) })
	if err != nil {
		return err
	}
	defer link.Close(context.WithoutCancel(ctx))
	quiet := changes.Load()
	if _, err := output(ctx, "deploy/compose/init.sh", "-cert", cert, "-key", key); err != nil {
		return err
	}
	if err := c.run(ctx, "exec", "-T", "balancer", "sh", "-c", "kill -USR2 1"); err != nil {
		return err
	}
	began := time.Now()
	for serial := int64(0); serial != 2; {
		if serial, err = shown(ctx, trust); err != nil {
			return err
		}
		if time.Since(began) > 30*time.Second {
			return fmt.Errorf("the balancer still shows the certificate %d", serial)
		}
	}
	took := hall.Since(began)
	if err := people.Talk(ctx, "with another certificate"); err != nil {
		return err
	}
	if n := changes.Load() - quiet; n != 0 {
		return fmt.Errorf("the connection of somebody changed %d times", n)
	}
	hall.Say("the balancer has another certificate after %s; who was connected has noticed nothing", took)
	return nil
}

// witness is somebody who looks at the connection only.
func witness(ctx context.Context, trust *tls.Config, changed func()) (*lair.Link, error) {
	eve, err := arrive(ctx, web, trust)
	if err != nil {
		return nil, err
	}
	link, err := lair.Dial(ctx, lair.Options{
		Address: tcps, Token: eve.Token(), TLS: trust,
		OnState: func(lair.State) { changed() },
	})
	if err != nil {
		return nil, err
	}
	// The answer to this comes when all that belongs to the beginning is over.
	_, err = link.Send(ctx, lair.Draft{Target: eve.target, Content: "I am here"})
	return link, err
}

// shown returns the number of the certificate that a new connection gets.
func shown(ctx context.Context, trust *tls.Config) (int64, error) {
	conn, err := (&tls.Dialer{Config: trust}).DialContext(ctx, "tcp", "localhost:18081")
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}
