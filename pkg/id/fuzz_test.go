package id_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
)

// FuzzParse holds that what is read as an id has its digits, and that what it is
// written as is read as the same again.
func FuzzParse(f *testing.F) {
	const one = "11111111-1111-4111-8111-1111111111ab"
	for _, s := range []string{one, "{" + one + "}", "urn:uuid:" + one, strings.ReplaceAll(one, "-", ""), "", "{" + one[1:] + "}}", one + " "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := id.Parse(s)
		if err != nil {
			return
		}
		again, err := id.Parse(u.String())
		if err != nil || again != u {
			t.Errorf("%q is %v, then %v, %v", s, u, again, err)
		}
		digits := strings.ToLower(strings.ReplaceAll(s, "-", ""))
		if !strings.Contains(digits, strings.ReplaceAll(u.String(), "-", "")) {
			t.Errorf("%q became %v", s, u)
		}
	})
}
