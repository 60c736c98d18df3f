// Package token makes and verifies the tokens that say who a user is: JWTs
// (RFC 7519) signed with Ed25519 (EdDSA, RFC 8037) and nothing else.
package token

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// Issuer is the claim iss of every token.
const Issuer = "lair"

// MaxSize is the size in bytes of the longest token that is looked at.
const MaxSize = 4096

// Claims is what a token says. Times are whole seconds.
type Claims struct {
	User      id.User
	Session   id.Session
	Username  string // when the token was made
	Role      string // likewise: user, moderator or admin
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// wire is the form of the claims in a token.
type wire struct {
	jwt.RegisteredClaims
	Session  string `json:"sid"`
	Username string `json:"username"`
	Role     string `json:"role"`
}

// Signer signs tokens. It is safe for concurrent use.
type Signer struct {
	KID string // names the key in the header of the token
	Key ed25519.PrivateKey
}

// Sign returns a token.
func (s Signer) Sign(c Claims) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, wire{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: Issuer, Subject: c.User.String(),
			IssuedAt: jwt.NewNumericDate(c.IssuedAt), ExpiresAt: jwt.NewNumericDate(c.ExpiresAt),
		},
		Session: c.Session.String(), Username: c.Username, Role: c.Role,
	})
	t.Header["kid"] = s.KID
	return t.SignedString(s.Key)
}

// KeySet holds the public keys that tokens may be signed with, by their names.
// It must not be changed while others use it.
type KeySet map[string]ed25519.PublicKey

// ErrUnknownKey says that a token names a key that is not in the set: it may be
// newer than the set.
var ErrUnknownKey = errors.New("the key of the token is not known")

// Verify returns what a token says if it is signed with a key of the set and
// has not expired: it is valid up to and including the second of its expiry.
// Errors: invalid_token, token_expired, invalid_claims; ErrUnknownKey is in the
// chain of an invalid_token.
func (s KeySet) Verify(text string, now time.Time) (Claims, error) {
	if len(text) > MaxSize {
		return Claims{}, invalid(errors.New("too long"))
	}
	var w wire
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
		jwt.WithoutClaimsValidation(), // below, to tell the errors apart
	)
	_, err := parser.ParseWithClaims(text, &w, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		key, ok := s[kid]
		if !ok {
			return nil, ErrUnknownKey
		}
		return key, nil
	})
	switch {
	case err != nil:
		return Claims{}, invalid(err)
	case w.Issuer != Issuer:
		return Claims{}, invalid(fmt.Errorf("issued by %q", w.Issuer))
	case w.ExpiresAt == nil || w.IssuedAt == nil:
		return Claims{}, invalid(errors.New("a time is missing"))
	case now.Unix() > w.ExpiresAt.Unix():
		return Claims{}, fault.New(fault.Unauthenticated, "token_expired", "the token has expired, log in again")
	}
	user, userErr := id.Parse(w.Subject)
	session, sessionErr := id.Parse(w.Session)
	if err := errors.Join(userErr, sessionErr); err != nil {
		return Claims{}, fault.Wrap(err, fault.Unauthenticated, "invalid_claims", "the token is not valid")
	}
	return Claims{
		User: id.User{UUID: user}, Session: id.Session{UUID: session}, Username: w.Username, Role: w.Role,
		IssuedAt: w.IssuedAt.Time, ExpiresAt: w.ExpiresAt.Time,
	}, nil
}

func invalid(cause error) error {
	return fault.Wrap(cause, fault.Unauthenticated, "invalid_token", "the token is not valid")
}
