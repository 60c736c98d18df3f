package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// promote makes a user an administrator, as an operator does.
func (s *system) promote(t *testing.T, name string) {
	t.Helper()
	cmd := exec.CommandContext(soon(t), filepath.Join(bin, "lair"), "admin", "create", "-name", name, "-promote")
	cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir()) //nolint:forbidigo // passed on
	if s.Postgres != nil {
		cmd.Env = append(cmd.Env, "LAIR_DATABASE_URL="+s.Postgres.URL("postgres"))
	} else {
		cmd.Env = append(cmd.Env, "LAIR_DATA_DIR="+filepath.Join(filepath.Dir(s.log.Name()), "data"))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// post makes a request with the person's token and returns the status.
func (p *person) post(t *testing.T, path, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), http.MethodPost, p.gateway.HTTP+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+p.Token())
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, resp.Body.Close())
	return resp.StatusCode
}

// A notice reaches every connection of every gateway, those of 0.8 included.
func noticesReachEverybody(t *testing.T, s *system) {
	root, bob := register(t, s.first(), "root"), register(t, s.last(), "bob")
	near, far := root.ws(t), bob.tcp(t)
	old, oldWeb := oldTCP(t, s.first()), oldWS(t, s.last())
	for _, c := range []*oldClient{old, oldWeb} {
		c.registers()
		c.enters()
	}
	const path, body = "/api/v1/admin/notices", `{"message":"Umzug nach Köln","severity":"critical"}`
	if status := root.post(t, path, body); status != http.StatusForbidden {
		t.Errorf("somebody who is no administrator: %d", status)
	}
	s.promote(t, root.Username)
	if status := root.post(t, path, body); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	for _, l := range []*link{near, far} {
		if n := event[clientv1.ServerNotice](l); n.Message != "Umzug nach Köln" || n.Severity != "critical" {
			t.Errorf("got %+v", n)
		}
	}
	for _, c := range []*oldClient{old, oldWeb} {
		c.waits("server_notice", `{"message":"Umzug nach K?ln","severity":"critical"}`)
	}
}
