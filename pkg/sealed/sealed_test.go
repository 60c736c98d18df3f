package sealed

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// The known answer was worked out without this program: the private keys are 32
// bytes 0x01 and 32 bytes 0x02.
const (
	clientPublic = "pOCSkrZRwni5dyxWn1+puxPZBrRqtoyd+dwrRAn4ogk="
	serverPublic = "zo060cy2M+x7cMF4FKXHbs0CloUFDTRHRboFhw5YfVk="
	secretHex    = "2ed76ab549b1e73c031eb49c9448f0798aea81b698279a0c3dc3e49fbfc4b953"
	nonceHex     = "000102030405060708090a0b"
	pingHex      = nonceHex + "facc623ba2b4f956721847be476b77761327910c89cd3304e89260eb5f4267"
	ping         = `{"type":"ping"}`
)

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func offer(tb testing.TB, fill byte) *Offer {
	tb.Helper()
	private, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		tb.Fatal(err)
	}
	return &Offer{private}
}

// plain is the cipher as textbooks have it, with the nonce apart.
func plain(tb testing.TB) cipher.AEAD {
	tb.Helper()
	block, err := aes.NewCipher(unhex(tb, secretHex))
	if err != nil {
		tb.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		tb.Fatal(err)
	}
	return aead
}

func TestTheKnownAnswerComesOut(t *testing.T) {
	client, server := offer(t, 1), offer(t, 2)
	if client.Public() != clientPublic || server.Public() != serverPublic {
		t.Errorf("the public keys are %s and %s", client.Public(), server.Public())
	}
	for _, end := range []struct {
		own   *Offer
		other string
	}{{client, serverPublic}, {server, clientPublic}} {
		c, err := end.own.Accept(end.other)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := c.Open(unhex(t, pingHex)); string(text) != ping || err != nil {
			t.Errorf("opened %q, %v", text, err)
		}
		// The nonce is another one each time, so the other way is by decrypting.
		sealed := c.Seal(nil, []byte(ping))
		text, err := plain(t).Open(nil, sealed[:12], sealed[12:], nil)
		if string(text) != ping || err != nil {
			t.Errorf("sealed was %q, %v", text, err)
		}
	}
	want := plain(t).Seal(unhex(t, nonceHex), unhex(t, nonceHex), []byte(ping), nil)
	if hex.EncodeToString(want) != pingHex {
		t.Errorf("the known answer is %x", want)
	}
}

func TestTwoNewOffersAgree(t *testing.T) {
	a, errA := NewOffer()
	b, errB := NewOffer()
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	here, errA := a.Accept(b.Public())
	there, errB := b.Accept(a.Public())
	if err := errors.Join(errA, errB); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 1000, 1 << 20} {
		text := bytes.Repeat([]byte{'x'}, n)
		sealed := here.Seal([]byte("head"), text)
		if len(sealed) != 4+n+Overhead {
			t.Errorf("%d bytes become %d", n, len(sealed)-4)
		}
		if got, err := there.Open(sealed[4:]); !bytes.Equal(got, text) || err != nil {
			t.Errorf("%d bytes: %d come out, %v", n, len(got), err)
		}
	}
}

func TestNoTwoFramesAreAlike(t *testing.T) {
	c, err := newCipher(unhex(t, secretHex))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(c.Seal(nil, []byte(ping)), c.Seal(nil, []byte(ping))) {
		t.Error("the same text was sealed in the same way")
	}
}

func TestAKeyIsThirtyTwoBytesInStrictBase64(t *testing.T) {
	for name, public := range map[string]string{
		"Empty":        "",
		"NotPadded":    strings.TrimSuffix(clientPublic, "="),
		"URLSafe":      strings.ReplaceAll(clientPublic, "+", "-"),
		"Short":        "pOCSkrZRwni5dyxWn1+puxPZBrRqtoyd+dwrRAn4og==",
		"Long":         "pOCSkrZRwni5dyxWn1+puxPZBrRqtoyd+dwrRAn4ogkA",
		"LineBreak":    clientPublic[:40] + "\n" + clientPublic[40:],
		"TrailingBits": strings.Replace(clientPublic, "ogk=", "ogl=", 1),
		"Space":        clientPublic + " ",
		"Hex":          strings.Repeat("ab", 32),
	} {
		if _, err := offer(t, 2).Accept(public); err == nil {
			t.Errorf("%s: %q was accepted", name, public)
		}
	}
}

// The points of small order (RFC 7748, section 6.1): whoever sends one knows
// the secret without knowing anything.
func TestKeysThatMakeNoSecretAreRefused(t *testing.T) {
	for name, public := range map[string]string{
		"Zero":  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"One":   "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
		"Eight": "4Ot6fDtBuK4WVuP68Z/EatoJjeucMrH9hmIFFl9JuAA=",
	} {
		if _, err := offer(t, 2).Accept(public); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestAnyChangeIsNoticed(t *testing.T) {
	c, err := newCipher(unhex(t, secretHex))
	if err != nil {
		t.Fatal(err)
	}
	for i := range unhex(t, pingHex) {
		frame := unhex(t, pingHex)
		frame[i] ^= 1
		if _, err := c.Open(frame); !errors.Is(err, ErrForged) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	for n := range unhex(t, pingHex) {
		if _, err := c.Open(unhex(t, pingHex)[:n]); !errors.Is(err, ErrForged) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// FuzzOpen compares with the cipher that has its nonce apart.
func FuzzOpen(f *testing.F) {
	f.Add(unhex(f, pingHex))
	f.Add([]byte{})
	f.Add(make([]byte, Overhead))
	f.Add(plain(f).Seal(unhex(f, nonceHex), unhex(f, nonceHex), nil, nil))
	c, err := newCipher(unhex(f, secretHex))
	if err != nil {
		f.Fatal(err)
	}
	other := plain(f)
	f.Fuzz(func(t *testing.T, frame []byte) {
		var want []byte
		wantErr := ErrForged
		if len(frame) >= 12 {
			if text, err := other.Open(nil, frame[:12], frame[12:], nil); err == nil {
				want, wantErr = text, nil
			}
		}
		got, err := c.Open(bytes.Clone(frame))
		if !errors.Is(err, wantErr) || !bytes.Equal(got, want) {
			t.Errorf("got %q, %v, want %q, %v", got, err, want, wantErr)
		}
	})
}
