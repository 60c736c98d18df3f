package deploy_test

import (
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/cert"
)

var roles = []string{"auth", "room", "message", "presence", "gateway"}

// certificateOf reads what init.sh made for a role as its program does.
func certificateOf(t *testing.T, secrets, role string) tls.Certificate {
	t.Helper()
	k, err := cert.OpenPeer(filepath.Join(secrets, role+"_crt"), filepath.Join(secrets, role+"_key"), filepath.Join(secrets, "internal_ca"), role, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return k.Server().Certificates[0]
}

func TestEachServiceGetsACertificateThatCanBeRenewed(t *testing.T) {
	run, secrets := fresh(t)
	if out, err := run(); err != nil {
		t.Fatal(err, out)
	}
	authority := read(t, filepath.Join(secrets, "internal_ca"))
	if key, err := os.Stat(filepath.Join(secrets, "internal_ca_key")); err != nil || key.Mode().Perm() != 0o400 {
		t.Errorf("the key of the authority is open: %v", err)
	}
	before, files := map[string]tls.Certificate{}, map[string]os.FileInfo{}
	for _, role := range roles {
		before[role] = certificateOf(t, secrets, role)
		files[role] = stat(t, filepath.Join(secrets, role+"_crt"))
	}
	if out, err := run("-renew"); err != nil || !strings.Contains(out, "renewed secrets/room_crt") {
		t.Fatal(err, out)
	}
	for _, role := range roles {
		if !os.SameFile(files[role], stat(t, filepath.Join(secrets, role+"_crt"))) {
			t.Errorf("%s: a container would keep the old file", role)
		}
		if certificateOf(t, secrets, role).Leaf.Equal(before[role].Leaf) {
			t.Errorf("%s has the same certificate as before", role)
		}
	}
	if read(t, filepath.Join(secrets, "internal_ca")) != authority {
		t.Error("the authority is another one")
	}
	if left, err := filepath.Glob(filepath.Join(secrets, "*.new")); err != nil || len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestComposeGivesEachServiceItsOwnCertificate(t *testing.T) {
	for name, s := range project(t).Services {
		role := programs[name]
		if role == "" || role == "lair" {
			continue
		}
		for variable, want := range map[string]string{
			cert.PeerCertVariable: role + "_crt", cert.PeerKeyVariable: role + "_key", cert.PeerCAVariable: "internal_ca",
		} {
			if v := s.Environment[variable]; v == nil || *v != "/run/secrets/"+want {
				t.Errorf("%s: %s is not %s", name, variable, want)
			}
		}
	}
	for name, s := range project(t, "observability").Services {
		for _, secret := range s.Secrets {
			role, isKey := strings.CutSuffix(secret.Source, "_key")
			if isKey && role != "cluster" && programs[name] != role {
				t.Errorf("%s gets %s", name, secret.Source)
			}
		}
	}
	if _, there := project(t).Secrets["internal_ca_key"]; there {
		t.Error("the key of the authority is given to containers")
	}
}
