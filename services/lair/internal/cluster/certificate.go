package cluster

import (
	"os"
	"path/filepath"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/testkit/authority"
)

// certify makes an authority that is thrown away, and a certificate for each
// program. It returns the variables by the names of the programs.
func certify(o Options) (map[string][]string, error) {
	if o.Plain {
		return nil, nil
	}
	dir := Certificates(o.Dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	a, err := authority.New()
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	names := []string{"gateway"}
	for _, v := range services {
		names = append(names, v.name)
	}
	for _, name := range names {
		f, err := a.Write(dir, cert.Name(name))
		if err != nil {
			return nil, err
		}
		all[name] = []string{
			cert.PeerCertVariable + "=" + f.Cert, cert.PeerKeyVariable + "=" + f.Key, cert.PeerCAVariable + "=" + f.CA,
		}
	}
	return all, nil
}

// Certificates returns the folder of the certificates between the programs of a
// system with its data in dir: lair-auth.crt, lair-auth.key, lair-auth.ca and so on.
func Certificates(dir string) string { return filepath.Join(dir, "certificates") }
