package redis

import (
	"testing"

	"github.com/lair-chat/lair/pkg/id"
)

func TestBeliefForgetsWhatIsNotSeen(t *testing.T) {
	b := newBelief()
	stays, silent, leaves := id.User{UUID: id.New()}, id.User{UUID: id.New()}, id.User{UUID: id.New()}
	b.saw([]id.User{stays, silent, leaves}, nil)
	b.renewed("dead")
	for range generation {
		b.swept()
	}
	b.saw([]id.User{stays}, []id.User{leaves})
	b.renewed("a")
	if got := b.online(); len(got) != 2 || !b.knows("dead") || !b.knows("a") {
		t.Fatalf("after one generation: %v", got)
	}
	for range generation {
		b.swept()
	}
	if got := b.online(); len(got) != 1 || got[0] != stays || b.knows("dead") || !b.knows("a") {
		t.Fatalf("after two generations: %v", got)
	}
}
