package authn_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"testing"
	"time"

	tokens "github.com/lair-chat/lair/pkg/token"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
)

// private returns the key of the given name, always the same.
func private(kid string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(kid))
	return ed25519.NewKeyFromSeed(seed[:])
}

func public(kid string) []byte {
	return private(kid).Public().(ed25519.PublicKey) //nolint:forcetypeassert // it is one
}

func sign(t *testing.T, kid string, who authn.Identity) string {
	t.Helper()
	text, err := tokens.Signer{KID: kid, Key: private(kid)}.Sign(tokens.Claims{
		User: who.User, Session: who.Session, Username: who.Username, Role: who.Role,
		IssuedAt: time.Now(), ExpiresAt: who.Expires,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
