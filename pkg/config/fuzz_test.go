package config_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/config"
)

// FuzzLoad holds that whatever is in a variable is read or refused, that a
// refusal names the variable, and that no secret is in one.
func FuzzLoad(f *testing.F) {
	for _, v := range []string{"", "1", "-1", "65536", "30s", "info", "10.0.0.0/8,::1/128", "0.5", "true", "a\nb", "\xff", "$HOME", where} {
		for i := range 11 {
			f.Add(byte(i), v)
		}
	}
	names := []string{
		"LAIR_HTTP_PORT", "LAIR_DATABASE_URL", "LAIR_CLUSTER_KEY", "LAIR_GRACE", "LAIR_LOG_LEVEL", "LAIR_TRUSTED_PROXIES",
		"LAIR_LIMIT_BURST", "LAIR_RATIO", "LAIR_TLS", "LAIR_BANNER", "LAIR_NO_SUCH_THING",
	}
	f.Fuzz(func(t *testing.T, which byte, value string) {
		name := names[int(which)%len(names)]
		if name == "LAIR_BANNER" {
			value = "/no/such/" + value // files are none of its business
		}
		var s service
		err := config.Load([]string{url, name + "=" + value}, nil, &s)
		if err == nil {
			return
		}
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%q: the refusal is %q", name, value, err)
		}
		if name == "LAIR_CLUSTER_KEY" && len(value) > 4 && strings.Contains(err.Error(), value) || !strings.Contains(value, "hunter2") && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s=%q: a secret is in %q", name, value, err)
		}
	})
}
