package names_test

import (
	"testing"
	"testing/quick"

	"github.com/lair-chat/lair/services/auth/internal/names"
)

func TestNamesThatOnlyLookDifferentHaveOneKey(t *testing.T) {
	for key, same := range map[string][]string{
		"ann":       {"ann", "ANN", "ａｎｎ", "ＡＮＮ", "𝐀𝐧𝐧", "ªnn"},
		"ünal":      {"Ünal", "ünal", "ÜNAL", "U\u0308nal", "u\u0308NAL"},
		"kelvin":    {"Kelvin", "\u212aelvin"},
		"strasse":   {"straße", "STRASSE", "STRAẞE"},
		"σοφοσ":     {"ΣΟΦΟΣ", "σοφος", "σοφοσ"},
		"viii":      {"Ⅷ", "ⅷ", "VIII"},
		"fish":      {"ﬁsh", "Fish"},
		"カナ":        {"ｶﾅ", "カナ"},
		"i\u0307x":  {"İx"}, // is no other word for ix
		"\u00e5ngs": {"\u212bngs", "A\u030angs", "Ångs"},
	} {
		for _, name := range same {
			if got := (names.Names{}).Key(name); got != key {
				t.Errorf("%q has the key %q, want %q", name, got, key)
			}
		}
	}
}

func TestOtherNamesHaveOtherKeys(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"ann", "anna", "änn", "ünal", "unal", "ix", "İx", "日本", "日木", "иван"} {
		key := names.Names{}.Key(name)
		if other, there := seen[key]; there {
			t.Errorf("%q and %q have the key %q", name, other, key)
		}
		seen[key] = name
	}
}

func TestLettersOfPartsAreWrittenAsOne(t *testing.T) {
	for name, want := range map[string]string{"U\u0308nal": "Ünal", "Ünal": "Ünal", "ａnn": "ａnn", "मीना": "मीना"} {
		if got := (names.Names{}).Normal(name); got != want {
			t.Errorf("%q is written %q, want %q", name, got, want)
		}
	}
}

// A key that is stored is compared with keys of keys.
func TestKeyOfAKeyIsTheKey(t *testing.T) {
	n := names.Names{}
	if err := quick.Check(func(name string) bool { return n.Key(n.Key(name)) == n.Key(name) }, nil); err != nil {
		t.Error(err)
	}
	for r := rune(0x80); r < 0x30000; r++ {
		if key := n.Key(string(r)); n.Key(key) != key {
			t.Errorf("%q has the key %q, which has %q", r, key, n.Key(key))
		}
	}
}
