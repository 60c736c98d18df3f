package sock_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// loud is a cipher that can be read.
func loud() *sock.Cipher {
	return &sock.Cipher{Seal: bytes.ToUpper, Open: func(b []byte) ([]byte, error) { return b, nil }}
}

func TestEverythingAfterTheSwitchGoesThroughTheCipher(t *testing.T) {
	each(t, func(e ends) {
		if e.Cipher() != nil {
			e.t.Error("there is a cipher in the beginning")
		}
		shared := []byte("three")
		err := errors.Join(e.Push([]byte("one")), e.Switch([]byte("two"), loud()), e.Push(shared))
		if err != nil {
			e.t.Fatal(err)
		}
		if e.Cipher() == nil {
			e.t.Error("there is no cipher")
		}
		e.CloseAfter([]byte("bye"))
		if got, err := io.ReadAll(e.client); string(got) != "onetwoTHREEBYE" || err != nil {
			e.t.Errorf("%q arrived, %v", got, err)
		}
		if string(shared) != "three" {
			e.t.Error("what others share was changed")
		}
		if err := e.Switch([]byte("late"), loud()); !errors.Is(err, net.ErrClosed) {
			e.t.Errorf("after the end: %v", err)
		}
	})
}

// Whoever pushes at the moment of the switch is heard in clear before the last
// clear words, and encrypted after them.
func TestNothingComesBetweenTheLastClearWordsAndTheCipher(t *testing.T) {
	c, client := open(t, limits())
	var g sync.WaitGroup
	for range 4 {
		g.Go(func() {
			for range 500 {
				if err := c.Push([]byte("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	if err := c.Switch([]byte("-"), loud()); err != nil {
		t.Fatal(err)
	}
	g.Wait()
	c.CloseAfter([]byte("."))
	all, err := io.ReadAll(client)
	clear, secret, found := bytes.Cut(all, []byte("-"))
	if err != nil || !found || bytes.Contains(clear, []byte("X")) || bytes.Contains(secret, []byte("x")) || len(all) != 2002 {
		t.Errorf("%q arrived, %v", all, err)
	}
}

func TestPastTheBoundEncryptedPushesAreRefused(t *testing.T) {
	c, client := open(t, limits())
	if err := c.Switch([]byte("-"), loud()); err != nil {
		t.Fatal(err)
	}
	var err error
	n := 1
	for ; err == nil; n += 48 << 10 {
		err = c.Push(make([]byte, 48<<10))
	}
	if !errors.Is(err, sock.ErrFull) {
		t.Fatal(err)
	}
	read(t, client, n-48<<10)
	if err := c.Drained(t.Context()); err != nil {
		t.Error(err)
	}
}
