package door_test

import (
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/door"
)

func TestAnAddressHasSoManyConnections(t *testing.T) {
	d := door.New(2)
	for _, address := range []string{"192.0.2.1", "192.0.2.2", "2001:db8::1", "pipe"} {
		for i := range 4 {
			if in := d.Enter(address); in != (i < 2) {
				t.Errorf("%s: number %d got in: %v", address, i, in)
			}
		}
	}
	if d.Enter("2001:db8::2") || d.Enter("::ffff:192.0.2.1") {
		t.Error("the same customer got in by another name")
	}
	d.Leave("192.0.2.1")
	if !d.Enter("192.0.2.1") || d.Enter("192.0.2.1") {
		t.Error("who leaves makes place for one")
	}
}

func TestWithoutABoundAllComeIn(t *testing.T) {
	d := door.New(0)
	for range 10_000 {
		if !d.Enter("192.0.2.1") {
			t.Fatal("one was turned away")
		}
	}
	d.Leave("192.0.2.1")
}
