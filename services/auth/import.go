package auth

import (
	"github.com/lair-chat/lair/services/auth/internal/identity"
	"github.com/lair-chat/lair/services/auth/internal/names"
	"github.com/lair-chat/lair/services/auth/internal/password"
)

// ImportName returns how a name of another system is written here, and its key, which
// two users must not share. Errors: username_invalid.
func ImportName(name string) (normal, key string, err error) {
	normal = names.Names{}.Normal(name)
	return normal, names.Names{}.Key(normal), identity.CheckUsername(normal)
}

// ImportEmail does the same for an address. Errors: email_invalid.
func ImportEmail(email string) (address, key string, err error) {
	address, err = identity.CheckEmail(email)
	return address, identity.Key(address), err
}

// ImportPassword returns an error unless somebody can log in with the hash.
func ImportPassword(hash string) error { return password.Check(hash) }
