package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/testkit/sqlitetest"
	"github.com/lair-chat/lair/pkg/token"
	"github.com/lair-chat/lair/services/auth/internal/keyring"
	"github.com/lair-chat/lair/services/auth/internal/sqlite"
)

const (
	secret = "0123456789abcdef0123456789abcdef"
	day    = 24 * time.Hour
)

var at = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)

// memory is a keyring.Store for tests that move the clock.
type memory struct {
	mu   sync.Mutex
	keys []keyring.Key // the newest first
	err  error
}

func (m *memory) Keys(context.Context) ([]keyring.Key, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.keys), m.err
}

func (m *memory) InsertKey(_ context.Context, k keyring.Key, after time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.keys) == 0 || !m.keys[0].CreatedAt.After(after) {
		m.keys = slices.Insert(m.keys, 0, k)
	}
	return m.err
}

func (m *memory) DeleteKeys(_ context.Context, before time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys = slices.DeleteFunc(m.keys, func(k keyring.Key) bool { return k.CreatedAt.Before(before) })
	return m.err
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func open(t *testing.T, s keyring.Store, now time.Time) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(t.Context(), s, []byte(secret), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// wantRefused expects an error that names the variable, and no other key.
func wantRefused(t *testing.T, m *memory, secret string, now time.Time) {
	t.Helper()
	before := slices.Clone(m.keys)
	_, err := keyring.Open(t.Context(), m, []byte(secret), func() time.Time { return now })
	if err == nil || !strings.Contains(err.Error(), "LAIR_JWT_SECRET") {
		t.Errorf("got %v", err)
	}
	if err != nil && secret != "" && strings.Contains(err.Error(), secret) {
		t.Errorf("the error tells the secret: %v", err)
	}
	if diff := cmp.Diff(before, m.keys); diff != "" {
		t.Error(diff)
	}
}

// published is the keys as gateways have them.
func published(r *keyring.Ring) token.KeySet {
	set := token.KeySet{}
	for _, k := range r.Keys() {
		set[k.KID] = k.Public
	}
	return set
}

func TestShortSecretIsRefused(t *testing.T) {
	m := &memory{}
	wantRefused(t, m, "", at)
	wantRefused(t, m, secret[:31], at)
	open(t, m, at)
}

func TestKeyOutlivesTheProcess(t *testing.T) {
	m := &memory{}
	one := open(t, m, at)
	two := open(t, m, at.Add(day))
	if a, b := one.Signer(), two.Signer(); a.KID != b.KID || !a.Key.Equal(b.Key) || len(m.keys) != 1 {
		t.Errorf("signs with %s, then with %s of %d keys", a.KID, b.KID, len(m.keys))
	}
	claims := token.Claims{
		User: id.User{UUID: id.New()}, Session: id.Session{UUID: id.New()}, Username: "ann", Role: "user",
		IssuedAt: at.Truncate(time.Second), ExpiresAt: at.Add(day).Truncate(time.Second),
	}
	text, err := one.Signer().Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	got, err := published(two).Verify(text, at)
	if err != nil || got.User != claims.User || got.Session != claims.Session {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestOtherSecretIsRefused(t *testing.T) {
	m := &memory{}
	open(t, m, at)
	for _, other := range []string{strings.ToUpper(secret), secret + "x", strings.Repeat("x", 32)} {
		wantRefused(t, m, other, at)
		// A key of it would lock out everybody else, when it is time to renew.
		wantRefused(t, m, other, at.Add(keyring.Renew))
		wantRefused(t, m, other, at.Add(keyring.Keep+day))
	}
	open(t, m, at.Add(keyring.Renew))
}

func TestPrivateKeyIsSealed(t *testing.T) {
	file := sqlitetest.New(t)
	if err := sqlite.Migrate(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	r := open(t, sqlite.New(file), at)
	seed, public := r.Signer().Key.Seed(), r.Keys()[0].Public
	var path string
	if err := file.Read.QueryRowContext(t.Context(), "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		t.Fatal(err)
	}
	var stored []byte
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, b...)
	}
	if !bytes.Contains(stored, public) {
		t.Error("the public key is not in the files: this test looks in the wrong place")
	}
	if bytes.Contains(stored, seed) || bytes.Contains(stored, []byte(secret)) {
		t.Error("the private key or the secret is in the files")
	}
}

func TestSealedKeyIsOfNoUseElsewhere(t *testing.T) {
	m, other := &memory{}, &memory{}
	open(t, m, at)
	open(t, other, at)
	own := m.keys[0].Sealed
	for name, sealed := range map[string][]byte{
		"OfAnotherKey": other.keys[0].Sealed, "Empty": nil, "Short": own[:12], "Cut": own[:len(own)-1],
		"Changed": append(slices.Clone(own[:len(own)-1]), own[len(own)-1]^1),
	} {
		t.Run(name, func(t *testing.T) {
			m := &memory{keys: []keyring.Key{m.keys[0]}}
			m.keys[0].Sealed = sealed
			wantRefused(t, m, secret, at)
		})
	}
}

func TestKeyIsPublishedBeforeItSignsAndLongAfter(t *testing.T) {
	m := &memory{}
	first := open(t, m, at).Signer().KID
	if r := open(t, m, at.Add(keyring.Renew-time.Microsecond)); len(r.Keys()) != 1 {
		t.Errorf("%d keys before it is time", len(r.Keys()))
	}
	made := at.Add(keyring.Renew)
	r := open(t, m, made)
	if len(r.Keys()) != 2 || r.Signer().KID != first {
		t.Fatalf("signs with %s of %d keys", r.Signer().KID, len(r.Keys()))
	}
	second := r.Keys()[0].KID
	if r := open(t, m, made.Add(keyring.Rest-time.Microsecond)); r.Signer().KID != first {
		t.Error("the new key has had no rest")
	}
	if r := open(t, m, made.Add(keyring.Rest)); r.Signer().KID != second {
		t.Error("the new key does not sign")
	}
	last := made.Add(keyring.Rest + 24*time.Hour) // of a token that the first key signed
	if _, ok := published(open(t, m, last))[first]; !ok {
		t.Error("the first key was forgotten too soon")
	}
	for i := 2; i < 5; i++ {
		r = open(t, m, at.Add(time.Duration(i)*keyring.Renew))
	}
	if _, ok := published(r)[first]; ok || len(r.Keys()) != 3 {
		t.Errorf("%d keys, the first is kept: %v", len(r.Keys()), ok)
	}
}

func TestKeyAfterALongPauseSignsAtOnce(t *testing.T) {
	m := &memory{}
	first := open(t, m, at).Signer().KID
	r := open(t, m, at.Add(keyring.Keep+time.Microsecond))
	if len(r.Keys()) != 1 || r.Signer().KID == first {
		t.Errorf("signs with %s of %d keys", r.Signer().KID, len(r.Keys()))
	}
}

// running is a ring that renews itself, in a bubble.
func running(t *testing.T, m *memory, failed func(error)) *keyring.Ring {
	t.Helper()
	r, err := keyring.Open(t.Context(), m, []byte(secret), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var g sync.WaitGroup
	g.Go(func() { r.Run(ctx, failed) })
	t.Cleanup(func() {
		cancel()
		g.Wait()
	})
	return r
}

func TestProcessesRenewTheKeyTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		old := open(t, m, time.Now().Add(30*time.Second-keyring.Renew)).Signer().KID
		fine := func(err error) { t.Error(err) }
		one, two := running(t, m, fine), running(t, m, fine)
		want := func(signer string, keys int) {
			t.Helper()
			synctest.Wait()
			for _, r := range []*keyring.Ring{one, two} {
				if r.Signer().KID != signer || len(r.Keys()) != keys {
					t.Fatalf("signs with %s of %d keys, want %s of %d", r.Signer().KID, len(r.Keys()), signer, keys)
				}
			}
		}
		want(old, 1)
		time.Sleep(time.Minute)
		want(old, 2)
		time.Sleep(keyring.Rest - time.Second)
		want(old, 2)
		time.Sleep(time.Second)
		want(one.Keys()[0].KID, 2)
	})
}

func TestRingGoesOnWithoutTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		failures := make(chan error, 100)
		r := running(t, m, func(err error) { failures <- err })
		signer := r.Signer().KID
		away := errors.New("away")
		m.fail(away)
		time.Sleep(3*time.Minute + time.Second)
		if len(failures) != 3 || !errors.Is(<-failures, away) {
			t.Errorf("it failed %d times", len(failures))
		}
		if r.Signer().KID != signer || len(r.Keys()) != 1 {
			t.Errorf("signs with %s of %d keys", r.Signer().KID, len(r.Keys()))
		}
		m.fail(nil)
		time.Sleep(keyring.Renew)
		synctest.Wait()
		if len(failures) != 2 || len(r.Keys()) != 2 {
			t.Errorf("it failed %d times; %d keys", len(failures), len(r.Keys()))
		}
	})
}
