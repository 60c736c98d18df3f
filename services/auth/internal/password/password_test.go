package password

import (
	"context"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
)

func verify(t *testing.T, h *Hasher, password, text string, wantOK, wantOutdated bool) {
	t.Helper()
	ok, outdated, err := h.Verify(t.Context(), password, text)
	if err != nil || ok != wantOK || outdated != wantOutdated {
		t.Errorf("%q, %s: got %v, %v, %v", password, text, ok, outdated, err)
	}
}

func TestHashIsThatOf08(t *testing.T) {
	h := New()
	form := regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`)
	seen := map[string]bool{}
	for _, password := range []string{"password", "password", "Pässwörd 🔑", ""} {
		text, err := h.Hash(t.Context(), password)
		if err != nil || !form.MatchString(text) || seen[text] {
			t.Fatalf("got %s, %v", text, err)
		}
		seen[text] = true
		verify(t, h, password, text, true, false)
		verify(t, h, password+"x", text, false, false)
	}
}

// The first three are test vectors of the reference implementation.
func TestHashesWithOtherParametersAreVerifiedAndOutdated(t *testing.T) {
	h := New()
	for _, text := range []string{
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
		hash("password", newSalt(), memory, passes+1, lanes, length).String(),
		hash("password", newSalt(), memory, passes, lanes+1, length).String(),
		hash("password", newSalt(), memory-1, passes, lanes, length).String(),
		hash("password", newSalt(), memory, passes, lanes, length+1).String(),
	} {
		verify(t, h, "password", text, true, true)
		verify(t, h, "passwort", text, false, false)
	}
}

func TestNobodyHasThePasswordOfNoHash(t *testing.T) {
	h := New()
	verify(t, h, "", "", false, false)
	verify(t, h, "password", "", false, false)
	want, err := parse(h.nobody)
	if err != nil || want.memory != memory || want.passes != passes || want.lanes != lanes || len(want.sum) != length {
		t.Errorf("it does not cost what others do: %s, %v", h.nobody, err)
	}
}

const good = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"

var malformed = []string{
	"x", "$", "$$$$$", "password",
	good + "$", good + "\n", " " + good, "x" + good, strings.TrimPrefix(good, "$"), good[:len(good)-1],
	strings.Replace(good, "argon2id", "argon2i", 1),
	strings.Replace(good, "argon2id", "Argon2id", 1),
	strings.Replace(good, "v=19", "v=16", 1),
	strings.Replace(good, "$v=19", "", 1),
	strings.Replace(good, "m=256,t=2,p=1", "t=2,m=256,p=1", 1),
	strings.Replace(good, "m=256,", "", 1),
	strings.Replace(good, "m=256", "m=0256", 1),
	strings.Replace(good, "m=256", "m=-256", 1),
	strings.Replace(good, "m=256", "m= 256", 1),
	strings.Replace(good, "m=256", "m=0x100", 1),
	strings.Replace(good, "m=256", "m=1048577", 1), // more than a gigabyte
	strings.Replace(good, "m=256", "m=4294967552", 1),
	strings.Replace(good, "m=256", "m=", 1),
	strings.Replace(good, "t=2", "t=0", 1),
	strings.Replace(good, "t=2", "t=17", 1),
	strings.Replace(good, "p=1", "p=0", 1),
	strings.Replace(good, "p=1", "p=256", 1),
	strings.Replace(good, "p=1", "p=1,keyid=x", 1),
	strings.Replace(good, "p=1", "p=1 ", 1),
	strings.Replace(good, "c29tZXNhbHQ", "", 1),
	strings.Replace(good, "c29tZXNhbHQ", "c29tZXNhbHR", 1), // bits that mean nothing
	strings.Replace(good, "c29tZXNhbHQ", "c29tZXNhbHQ=", 1),
	strings.Replace(good, "c29tZXNhbHQ", "c29t\nZXNhbHQ", 1),
	strings.Replace(good, "c29tZXNhbHQ", "c29tZXNhbA", 1), // 7 bytes
	strings.Replace(good, "c29tZXNhbHQ", base64.RawStdEncoding.EncodeToString(make([]byte, 65)), 1),
	strings.Replace(good, "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "nf65EOgLrQMR/uIPnA4r", 1), // 15 bytes
	strings.Replace(good, "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", base64.RawStdEncoding.EncodeToString(make([]byte, 65)), 1),
	strings.Replace(good, "/", "_", 1),
}

func TestMalformedHashIsAnError(t *testing.T) {
	h := New()
	for _, text := range malformed {
		ok, outdated, err := h.Verify(t.Context(), "password", text)
		if ok || outdated || !errors.Is(err, errFormat) {
			t.Errorf("%q: got %v, %v, %v", text, ok, outdated, err)
		}
	}
	verify(t, h, "password", good, true, true)
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add(New().nobody)
	for _, text := range malformed {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parse(text)
		if err != nil {
			if !errors.Is(err, errFormat) || p.sum != nil {
				t.Errorf("got %+v, %v", p, err)
			}
			return
		}
		if p.String() != text {
			t.Errorf("%q is read as %q", text, p)
		}
		if p.memory > 1<<20 || p.passes < 1 || p.passes > 16 || p.lanes < 1 || len(p.salt) < 8 || len(p.sum) < 16 || len(p.sum) > 64 {
			t.Errorf("accepted %q", text)
		}
	})
}

// occupied returns a hasher without a free core.
func occupied() *Hasher {
	h := New()
	for range cap(h.running) {
		h.running <- struct{}{}
	}
	return h
}

func TestAsManyHashesRunAsThereAreCores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := occupied()
		const n = 4
		done := make(chan error, n)
		for i := range n {
			go func() {
				var err error
				if i%2 == 0 {
					_, err = h.Hash(t.Context(), "password")
				} else {
					_, _, err = h.Verify(t.Context(), "password", good)
				}
				done <- err
			}()
		}
		synctest.Wait()
		if len(done) != 0 || len(h.waiting) != n {
			t.Fatalf("%d are done, %d wait", len(done), len(h.waiting))
		}
		<-h.running // one core is free, and they take turns
		for range n {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if len(h.waiting) != 0 || len(h.running) != cap(h.running)-1 {
			t.Errorf("%d wait, %d run", len(h.waiting), len(h.running))
		}
	})
}

func wantBusy(t *testing.T, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "busy" {
		t.Errorf("got %v", err)
	}
}

func TestWhoWaitsTooLongIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := occupied()
		began := time.Now()
		_, err := h.Hash(t.Context(), "password")
		wantBusy(t, err)
		_, _, err = h.Verify(t.Context(), "password", "")
		wantBusy(t, err)
		if waited := time.Since(began); waited != 2*maxWait {
			t.Errorf("waited %v", waited)
		}
		if len(h.waiting) != 0 {
			t.Errorf("%d still wait", len(h.waiting))
		}
	})
}

func TestTooManyAreRefusedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := occupied()
		for range cap(h.waiting) {
			h.waiting <- struct{}{}
		}
		began := time.Now()
		_, err := h.Hash(t.Context(), "password")
		wantBusy(t, err)
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %v", waited)
		}
		<-h.waiting
		<-h.running
		if _, err := h.Hash(t.Context(), "password"); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoGivesUpLeavesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := occupied()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		_, err := h.Hash(ctx, "password")
		wantBusy(t, err)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(began))
		}
		if len(h.waiting) != 0 || len(h.running) != cap(h.running) {
			t.Errorf("%d wait, %d run", len(h.waiting), len(h.running))
		}
	})
}
