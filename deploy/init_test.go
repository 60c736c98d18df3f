package deploy_test

import (
	"crypto/tls"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/certtest"
)

// fresh returns a function that runs init.sh in a checkout that has nothing else,
// and the folder of its secrets.
func fresh(t *testing.T) (run func(args ...string) (string, error), secrets string) {
	t.Helper()
	checkout := t.TempDir()
	script := filepath.Join(checkout, "deploy", "compose", "init.sh")
	if err := os.MkdirAll(filepath.Dir(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, []byte(read(t, "compose/init.sh")), 0o700); err != nil {
		t.Fatal(err)
	}
	return func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), script, args...)
		cmd.Dir = checkout
		out, err := cmd.CombinedOutput()
		return string(out), err
	}, filepath.Join(filepath.Dir(script), "secrets")
}

func TestTheFirstRunMakesAllSecretsOnce(t *testing.T) {
	run, secrets := fresh(t)
	if out, err := run(); err != nil {
		t.Fatal(err, out)
	}
	made := map[string]string{}
	for name, s := range project(t, "observability").Secrets {
		made[name] = read(t, filepath.Join(secrets, filepath.Base(s.File)))
	}
	if len(made) != 21 {
		t.Errorf("%d secrets", len(made))
	}
	var (
		all      process.Config
		database process.Database
		redis    process.Redis
	)
	err := config.Load([]string{
		"LAIR_CLUSTER_KEY_FILE=" + filepath.Join(secrets, "cluster_key"), "LAIR_DATABASE_URL_FILE=" + filepath.Join(secrets, "database_url"),
		"LAIR_REDIS_URL_FILE=" + filepath.Join(secrets, "redis_url"),
	}, nil, &all, &database, &redis)
	if err != nil || !strings.Contains(database.URL, strings.TrimSpace(made["database_password"])) {
		t.Errorf("%v, %v", database, err)
	}
	client, err := redisdb.Open(redis.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	if !strings.Contains(made["redis_conf"], strings.TrimSpace(made["redis_password"])) {
		t.Error("Redis has another password")
	}
	if _, err := tls.X509KeyPair([]byte(made["certificate"]), []byte(made["certificate"])); err != nil {
		t.Error(err)
	}
	if folder, err := os.Stat(secrets); err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder is open: %v, %v", folder.Mode(), err)
	}
	if out, err := run(); err != nil || strings.Contains(out, "made") {
		t.Errorf("a second run: %v, %s", err, out)
	}
	for name, s := range project(t).Secrets {
		if read(t, filepath.Join(secrets, filepath.Base(s.File))) != made[name] {
			t.Errorf("a second run changed %s", name)
		}
	}
}

func issue(t *testing.T, authority *certtest.Authority, serial int64) (certPath, keyPath string) {
	t.Helper()
	cert, key := authority.Issue(t, serial, "127.0.0.1")
	return certtest.Write(t, t.TempDir(), cert, key)
}

func TestACertificateIsTakenWithItsKey(t *testing.T) {
	run, secrets := fresh(t)
	authority := certtest.New(t)
	cert, key := issue(t, authority, 2)
	_, other := issue(t, authority, 3)
	if out, err := run("-cert", cert, "-key", other); err == nil || !strings.Contains(out, "is not the key of") {
		t.Errorf("%v, %s", err, out)
	}
	for _, args := range [][]string{{"-cert", cert}, {"-cert"}, {"-x", "y"}} {
		if out, err := run(args...); err == nil || !strings.Contains(out, "Usage") {
			t.Errorf("%v: %v, %s", args, err, out)
		}
	}
	if out, err := run("-cert", cert, "-key", key); err != nil {
		t.Fatal(err, out)
	}
	want, path := read(t, cert)+read(t, key), filepath.Join(secrets, "certificate.pem")
	if got := read(t, path); got != want {
		t.Errorf("got %s", got)
	}
	file := stat(t, path)
	cert, key = issue(t, authority, 4)
	if out, err := run("-cert", cert, "-key", key); err != nil {
		t.Fatal(err, out)
	}
	if got := read(t, path); got != read(t, cert)+read(t, key) || !os.SameFile(file, stat(t, path)) {
		t.Error("the load balancer would keep the old certificate")
	}
}
