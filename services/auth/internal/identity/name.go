package identity

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
)

// Names knows Unicode.
type Names interface {
	// Normal returns the one way to write a name.
	Normal(name string) string
	// Key is the same for names that must not both be there. The key of a key is
	// that key.
	Key(name string) string
}

// CheckUsername refuses what cannot be a user name: 3 to 32 bytes of letters,
// digits and _, of any script, not beginning with _. As in 0.8, letters are all
// that is alphabetic: also vowel signs, without which some scripts have no words.
// Unlike 0.8 it refuses letters that cannot be seen, and names of several scripts
// whose letters look alike.
func CheckUsername(name string) error {
	switch {
	case len(name) < 3 || len(name) > 32:
		return fault.New(fault.Invalid, "username_invalid", "a user name must have 3 to 32 bytes")
	case name[0] == '_':
		return fault.New(fault.Invalid, "username_invalid", "a user name must not begin with _")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (!unicode.In(r, unicode.Letter, unicode.Number, unicode.Other_Alphabetic) ||
			unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r))
	}):
		return fault.New(fault.Invalid, "username_invalid", "a user name may have letters, digits and _ only")
	case mixed(name):
		return fault.New(fault.Invalid, "username_invalid", "a user name must not mix letters of Latin, Greek, Cyrillic, Armenian or Cherokee")
	}
	return nil
}

// lookalikes are scripts that have letters of one shape: one of them in a name is
// a word, two are a trick. Other scripts are mixed in good faith, as in Japanese.
var lookalikes = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Cherokee}

func mixed(name string) bool {
	found := 0
	for _, script := range lookalikes {
		if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(script, r) }) {
			found++
		}
	}
	return found > 1
}

// loginKey is the key of what somebody gives as name or address.
func (a *Accounts) loginKey(identifier string) string {
	if strings.Contains(identifier, "@") {
		return Key(identifier)
	}
	return a.Names.Key(identifier)
}

// find returns who has the name or address. Some names are older than the rule of
// keys, and two of them may have one key by now: those are found as they were.
func (a *Accounts) find(ctx context.Context, identifier string) (User, error) {
	old, key := Key(identifier), a.loginKey(identifier)
	u, err := a.Store.UserByLogin(ctx, old)
	if errors.Is(err, ErrNoUser) && key != old {
		return a.Store.UserByLogin(ctx, key)
	}
	return u, err
}
