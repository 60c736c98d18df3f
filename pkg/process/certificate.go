package process

import (
	"errors"
	"log/slog"
	"strings"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/run"
)

// Certificates are the files by which programs know each other.
type Certificates struct {
	Cert string `env:"LAIR_GRPC_CERT_PATH" desc:"Certificate of this program for gRPC, in PEM, with the DNS name lair-auth, lair-gateway and so on; all programs speak TLS then. lair serve has no use for it."`
	Key  string `env:"LAIR_GRPC_KEY_PATH" desc:"Its key, in PEM."`
	CA   string `env:"LAIR_GRPC_CA_PATH" desc:"Certificates of the authorities that vouch for all programs, in PEM."`
}

// Validate returns an error that names the variable which is missing.
func (c *Certificates) Validate() error {
	all := [...][2]string{{cert.PeerCertVariable, c.Cert}, {cert.PeerKeyVariable, c.Key}, {cert.PeerCAVariable, c.CA}}
	if c.Cert+c.Key+c.CA == "" {
		return nil
	}
	var missing []string
	for _, v := range all {
		if v[1] == "" {
			missing = append(missing, v[0])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return errors.New(strings.Join(missing, " and ") + " must be set, too: certificates between programs need all three, or none")
}

// certify reads the certificate of this program, if it has one, and keeps it up
// to date.
func (p *Process) certify() (err error) {
	c := p.cfg.Certificates
	if c.Cert == "" {
		return nil
	}
	if p.cert, err = cert.OpenPeer(c.Cert, c.Key, c.CA, p.role, p.Log); err != nil {
		return err
	}
	p.Registry.MustRegister(p.cert.Meter("internal"))
	p.Add(run.Part{Name: "certificate between programs", Run: p.cert.Run})
	return nil
}

// Certificate returns the certificate of this program for the others, nil if it has
// none.
func (p *Process) Certificate() *cert.Keeper { return p.cert }

// service returns the role of the service whose address a variable holds.
func service(variable string) string {
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(variable, "LAIR_"), "_ADDR"))
}

// toMyself returns how the program itself is asked by one with the same files.
func (c *Certificates) toMyself() (credentials.TransportCredentials, error) {
	if c.Cert == "" {
		return insecure.NewCredentials(), nil
	}
	k, err := cert.OpenPeer(c.Cert, c.Key, c.CA, "", slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return credentials.NewTLS(k.Client(k.Role())), nil
}
