package config_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/lair-chat/lair/pkg/config"
)

type limits struct {
	Burst int `env:"BURST" envDefault:"30" desc:"How many at once."`
}

func (l limits) Validate() error {
	if l.Burst < 1 {
		return errors.New("LAIR_LIMIT_BURST must be at least 1")
	}
	return nil
}

type service struct {
	Port    uint16         `env:"LAIR_HTTP_PORT" envDefault:"8082" desc:"Port of the HTTP server."`
	URL     string         `env:"LAIR_DATABASE_URL,required" secret:"true" desc:"Where the data is."`
	Key     config.Secret  `env:"LAIR_CLUSTER_KEY" desc:"Proves membership."`
	Grace   time.Duration  `env:"LAIR_GRACE" envDefault:"30s" desc:"How long | to wait."`
	Level   slog.Level     `env:"LAIR_LOG_LEVEL" envDefault:"info" desc:"What to log."`
	Proxies []netip.Prefix `env:"LAIR_TRUSTED_PROXIES" desc:"Whom to believe."`
	Limit   limits         `envPrefix:"LAIR_LIMIT_"`
	Ratio   float64        `env:"LAIR_RATIO" envDefault:"0.5" desc:"A share."`
	TLS     bool           `env:"LAIR_TLS" envDefault:"false" desc:"Whether to encrypt."`
	Banner  string         `env:"LAIR_BANNER,file" desc:"A file with a greeting."`
	Derived string
}

func (s *service) Validate() error {
	if len(s.Key) > 0 && len(s.Key) < 8 {
		return fmt.Errorf("LAIR_CLUSTER_KEY %q\nis too short for %s", s.Key.Reveal(), s.URL)
	}
	return nil
}

const (
	where = "postgres://ann:" + "hunter2@db/lair"
	url   = "LAIR_DATABASE_URL=" + where
)

func TestLoadFillsStructs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "banner")
	if err := os.WriteFile(file, []byte("welcome"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got service
	err := config.Load([]string{
		url, "LAIR_HTTP_PORT=80", "LAIR_CLUSTER_KEY=secret-key", "LAIR_GRACE=", "LAIR_LOG_LEVEL=debug",
		"LAIR_TRUSTED_PROXIES=10.0.0.0/8,::1/128", "LAIR_LIMIT_BURST=5", "LAIR_TLS=true", "LAIR_BANNER=" + file,
		"LAIR_OTHER_SERVICE=x", "PATH=/bin", "odd",
	}, []string{"LAIR_OTHER_SERVICE"}, &got)
	if err != nil {
		t.Fatal(err)
	}
	want := service{
		Port: 80, URL: where, Key: "secret-key", Grace: 30 * time.Second, Level: slog.LevelDebug,
		Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Limit:   limits{5}, Ratio: .5, TLS: true, Banner: "welcome",
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Error(diff)
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"missing":  {nil, "LAIR_DATABASE_URL is missing: Where the data is."},
		"empty":    {[]string{"LAIR_DATABASE_URL="}, "LAIR_DATABASE_URL is missing: Where the data is."},
		"port":     {[]string{url, "LAIR_HTTP_PORT=70000"}, `LAIR_HTTP_PORT is "70000", not a whole number from 0 to 65535`},
		"duration": {[]string{url, "LAIR_GRACE=30"}, `LAIR_GRACE is "30", not a duration such as 90s or 1h30m`},
		"level":    {[]string{url, "LAIR_LOG_LEVEL=loud"}, `LAIR_LOG_LEVEL is "loud", not a level: debug, info, warn or error`},
		"list": {
			[]string{url, "LAIR_TRUSTED_PROXIES=10.0.0.0/8,x"},
			`LAIR_TRUSTED_PROXIES is "10.0.0.0/8,x", not a list, each a range of addresses such as 10.0.0.0/8`,
		},
		"nested":  {[]string{url, "LAIR_LIMIT_BURST=x"}, `LAIR_LIMIT_BURST is "x", not a whole number`},
		"bool":    {[]string{url, "LAIR_TLS=yes"}, `LAIR_TLS is "yes", not a boolean: true or false`},
		"file":    {[]string{url, "LAIR_BANNER=/nowhere"}, "LAIR_BANNER: open /nowhere: no such file or directory"},
		"slip":    {[]string{url, "LAIR_HTP_PORT=1"}, "LAIR_HTP_PORT is no variable of this release, did you mean LAIR_HTTP_PORT?"},
		"foreign": {[]string{url, "LAIR_WHATEVER=1"}, "LAIR_WHATEVER is no variable of this release"},
		"link": {
			[]string{url, "LAIR_GATEWAY_SERVICE_HOST=10.0.0.1"},
			"LAIR_GATEWAY_SERVICE_HOST is no variable of this release; if Kubernetes made it, set enableServiceLinks to false",
		},
		"validate inner": {[]string{url, "LAIR_LIMIT_BURST=-1"}, "LAIR_LIMIT_BURST must be at least 1"},
		"two":            {[]string{"LAIR_RATIO=x"}, "LAIR_DATABASE_URL is missing: Where the data is.\n" + `LAIR_RATIO is "x", not a number`},
	} {
		t.Run(name, func(t *testing.T) {
			err := config.Load(c.environ, nil, new(service))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestErrorsHideSecrets(t *testing.T) {
	err := config.Load([]string{url, "LAIR_CLUSTER_KEY=s3cret"}, nil, new(service))
	if want := `LAIR_CLUSTER_KEY "[redacted]"; is too short for [redacted]`; err == nil || err.Error() != want {
		t.Error(err)
	}
	var pin struct {
		Pin int `env:"LAIR_PIN" secret:"true" desc:"A number nobody may know."`
	}
	err = config.Load([]string{"LAIR_PIN=12a4"}, nil, &pin)
	if want := "LAIR_PIN is not a whole number"; err == nil || err.Error() != want {
		t.Error(err)
	}
	err = config.Load([]string{"LAIR_PLN=1234"}, nil, &pin)
	if err == nil || strings.Contains(err.Error(), "1234") {
		t.Error(err)
	}
}

func TestLoadNeedsPointers(t *testing.T) {
	for _, cfg := range []any{service{}, nil, (*service)(nil), new(int)} {
		if err := config.Load(nil, nil, cfg); err == nil {
			t.Errorf("loaded a %T", cfg)
		}
	}
}

func TestTwoStructsAreRead(t *testing.T) {
	var a, b struct {
		Port int `env:"LAIR_HTTP_PORT"`
	}
	if err := config.Load([]string{"LAIR_HTTP_PORT=1"}, nil, &a, &b); err != nil || a.Port != 1 || b.Port != 1 {
		t.Errorf("%v, %v, %v", a, b, err)
	}
}

func TestEmbeddedStructIsValidatedOnce(t *testing.T) {
	var open struct{ Limits }
	if err := config.Load([]string{"BURST=0"}, nil, &open); err == nil || err.Error() != "LAIR_LIMIT_BURST must be at least 1" {
		t.Error(err)
	}
}

// Limits can be embedded.
type Limits struct {
	Burst int `env:"BURST" envDefault:"30" desc:"How many at once."`
}

func (l *Limits) Validate() error { return limits(*l).Validate() }
