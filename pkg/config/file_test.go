package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lair-chat/lair/pkg/config"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestASecretIsReadFromItsFile(t *testing.T) {
	for _, end := range []string{"", "\n", "\r\n"} {
		var s service
		err := config.Load([]string{"LAIR_DATABASE_URL_FILE=" + file(t, where+end), "LAIR_CLUSTER_KEY_FILE=" + file(t, " eight or more "+end)}, nil, &s)
		if err != nil || s.URL != where || s.Key.Reveal() != " eight or more " {
			t.Errorf("after %q: %q, %q, %v", end, s.URL, s.Key.Reveal(), err)
		}
	}
}

func TestBadFilesOfSecretsAreRefused(t *testing.T) {
	empty := file(t, "\n")
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"both":      {[]string{url, "LAIR_DATABASE_URL_FILE=" + file(t, where)}, "LAIR_DATABASE_URL and LAIR_DATABASE_URL_FILE are both set"},
		"missing":   {[]string{"LAIR_DATABASE_URL_FILE=/nowhere"}, "LAIR_DATABASE_URL_FILE: open /nowhere: no such file or directory"},
		"empty":     {[]string{"LAIR_DATABASE_URL_FILE=" + empty}, "LAIR_DATABASE_URL_FILE: the file " + empty + " is empty"},
		"no secret": {[]string{url, "LAIR_HTTP_PORT_FILE=/x"}, "LAIR_HTTP_PORT_FILE is no variable of this release"},
		"hidden":    {[]string{url, "LAIR_CLUSTER_KEY_FILE=" + file(t, "s3cret\n")}, `LAIR_CLUSTER_KEY "[redacted]"; is too short for [redacted]`},
	} {
		t.Run(name, func(t *testing.T) {
			err := config.Load(c.environ, nil, new(service))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
