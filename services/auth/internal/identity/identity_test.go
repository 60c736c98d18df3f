package identity_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

func TestUsernames(t *testing.T) {
	for name, good := range map[string]bool{
		"ann": true, "Ann": true, "a_b": true, "ab_": true, "007": true, "日本": true, "Ünal": true, "Ωμέγα": true, "Иван": true, "日本ann": true,
		"٣٤٥": true, "Ⅷ½²": true, // any kind of number
		"मीना":                  true, // with a vowel sign, which is alphabetic
		strings.Repeat("a", 32): true,
		strings.Repeat("é", 16): true, // 32 bytes
		strings.Repeat("日", 10): true,
		"":                      false,
		"ab":                    false,
		"é":                     false, // 2 bytes
		strings.Repeat("a", 33): false,
		strings.Repeat("é", 17): false, // 34 bytes, 17 letters
		strings.Repeat("日", 11): false,
		"_ann":                  false,
		"___":                   false,
		"ann b":                 false,
		" ann":                  false,
		"ann\n":                 false,
		"ann-b":                 false,
		"ann.b":                 false,
		"ann@b.c":               false,
		"an\x00n":               false,
		"ann\xff":               false,
		"\xc3ann":               false,
		"ann\uFFFD":             false,
		"U\u0308nal":            false, // a combining mark is no letter
		"ann\u200d":             false, // nor is a joiner
		"ann\u202e":             false,
		"ann😀":                  false,
		"Ωmega":                 false, // Greek and Latin
		"аnn":                   false, // Cyrillic and Latin
		"ann\u3164":             false, // a letter that nobody sees
		"\u115fann":             false,
	} {
		err := identity.CheckUsername(name)
		if good && err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
		if !good {
			want(t, err, fault.Invalid, "username_invalid")
		}
	}
}

func TestEmailAddressesAreStoredInLowerCase(t *testing.T) {
	for email, lower := range map[string]string{
		"ann@example.com": "ann@example.com", "ANN@Example.COM": "ann@example.com", "Änne@EXAMPLE.com": "änne@example.com",
		"a@.": "a@.", "a b@c.d": "a b@c.d", "a@b..": "a@b..",
		strings.Repeat("a", 248) + "@b.com": strings.Repeat("a", 248) + "@b.com",
	} {
		if got, err := identity.CheckEmail(email); err != nil || got != lower {
			t.Errorf("%q: got %q, %v", email, got, err)
		}
	}
	for _, email := range []string{
		"", "@", "ann", "ann@", "ann@example", "@example.com", "a@b@c.d", "a@b.c@d", "a.b@c", "ann@@b.c",
		"an\x00n@b.c", "an\nn@b.c", "ann@b.c\u0085", "ann\xff@b.c", strings.Repeat("a", 249) + "@b.com", strings.Repeat("é", 126) + "@b.c",
	} {
		got, err := identity.CheckEmail(email)
		want(t, err, fault.Invalid, "email_invalid")
		if got != "" {
			t.Errorf("%q: got %q", email, got)
		}
	}
}

func TestPasswords(t *testing.T) {
	for _, password := range []string{
		"12345678", "        ", "ééĕ日", "pass\nword", strings.Repeat("x", 1024), strings.Repeat("é", 512),
	} {
		if err := identity.CheckPassword(password); err != nil {
			t.Errorf("%q is refused: %v", password, err)
		}
	}
	for _, password := range []string{
		"", "1234567", "ééé", strings.Repeat("x", 1025), strings.Repeat("é", 513), "pass\x00word", "password\xff",
	} {
		want(t, identity.CheckPassword(password), fault.Invalid, "password_too_weak")
	}
}

func TestKeyFoldsASCIIOnly(t *testing.T) {
	for s, key := range map[string]string{
		"": "", "AZaz[@`{_09": "azaz[@`{_09", "ÜNAL": "Ünal", "\u212a": "\u212a", // the Kelvin sign
	} {
		if got := identity.Key(s); got != key {
			t.Errorf("%q: got %q, want %q", s, got, key)
		}
	}
}
