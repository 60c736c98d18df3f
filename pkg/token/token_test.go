package token_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/token"
)

var (
	now    = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	key    = ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32)))
	public = key.Public().(ed25519.PublicKey)
	signer = token.Signer{KID: "one", Key: key}
	set    = token.KeySet{"one": public}
)

func claims() token.Claims {
	return token.Claims{
		User: id.User{UUID: id.New()}, Session: id.Session{UUID: id.New()}, Username: "ann", Role: "user",
		IssuedAt: now, ExpiresAt: now.Add(time.Hour),
	}
}

func sign(tb testing.TB, c token.Claims) string {
	tb.Helper()
	text, err := signer.Sign(c)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func TestVerifyReturnsWhatWasSigned(t *testing.T) {
	want := claims()
	got, err := set.Verify(sign(t, want), now)
	if err != nil {
		t.Fatal(err)
	}
	got.IssuedAt, got.ExpiresAt = got.IssuedAt.UTC(), got.ExpiresAt.UTC()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTokenIsValidUpToItsExpiry(t *testing.T) {
	text := sign(t, claims())
	if _, err := set.Verify(text, now.Add(time.Hour)); err != nil {
		t.Error(err)
	}
	if _, err := set.Verify(text, now.Add(time.Hour+time.Second)); fault.CodeOf(err) != "token_expired" {
		t.Errorf("got %v", err)
	}
}

func part(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func TestForgeriesAreInvalid(t *testing.T) {
	body := `{"iss":"lair","sub":"` + id.New().String() + `","sid":"` + id.New().String() + `","iat":1,"exp":9999999999}`
	signed := func(header, body string) string {
		text := part(header) + "." + part(body)
		return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(text)))
	}
	// The public key as the secret of an HMAC: the classic confusion.
	confused := part(`{"alg":"HS256","kid":"one"}`) + "." + part(body)
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte(confused))
	good := signed(`{"alg":"EdDSA","kid":"one"}`, body)
	if _, err := set.Verify(good, now); err != nil {
		t.Fatalf("the model of the forgeries is refused: %v", err)
	}
	for name, text := range map[string]string{
		"Empty":        "",
		"Nonsense":     "a.b.c",
		"NoSignature":  part(`{"alg":"none","kid":"one"}`) + "." + part(body) + ".",
		"HMAC":         confused + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)),
		"OtherBody":    part(`{"alg":"EdDSA","kid":"one"}`) + "." + part(body+" ") + good[strings.LastIndexByte(good, '.'):],
		"OtherIssuer":  signed(`{"alg":"EdDSA","kid":"one"}`, strings.Replace(body, `"lair"`, `"other"`, 1)),
		"NoExpiry":     signed(`{"alg":"EdDSA","kid":"one"}`, strings.Replace(body, `,"exp":9999999999`, "", 1)),
		"NoKeyID":      signed(`{"alg":"EdDSA"}`, body),
		"TooLong":      good + strings.Repeat("a", token.MaxSize),
		"TrailingPart": good + ".x",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := set.Verify(text, now); fault.CodeOf(err) != "invalid_token" {
				t.Errorf("got %v", err)
			}
		})
	}
	for name, text := range map[string]string{
		"User":    signed(`{"alg":"EdDSA","kid":"one"}`, strings.Replace(body, `"sub":"`, `"sub":"x`, 1)),
		"Session": signed(`{"alg":"EdDSA","kid":"one"}`, strings.Replace(body, `"sid":"`, `"sid":"x`, 1)),
	} {
		if _, err := set.Verify(text, now); fault.CodeOf(err) != "invalid_claims" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestUnknownKeyCanBeTold(t *testing.T) {
	_, err := token.KeySet{"two": public}.Verify(sign(t, claims()), now)
	if !errors.Is(err, token.ErrUnknownKey) || fault.CodeOf(err) != "invalid_token" {
		t.Errorf("got %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(sign(f, claims()))
	f.Add("a.b.c")
	f.Add(part(`{"alg":"none"}`) + "." + part(`{}`) + ".")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := set.Verify(text, now)
		if err == nil && (c.User.IsZero() && c.Session.IsZero() || c.ExpiresAt.Before(now)) {
			t.Errorf("accepted %+v", c)
		}
	})
}
