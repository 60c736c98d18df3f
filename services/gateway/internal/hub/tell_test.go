package hub_test

import (
	"slices"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

func TestNewsOfAUserIsToldToClientsThatResume(t *testing.T) {
	run(t, func(w *world) {
		ann, bob, old := w.client(frame.WSResume), w.client(frame.TCPResume), w.client(frame.TCPPlain)
		again := w.client(frame.TCPResume)
		again.user = ann.user
		for _, c := range []*client{ann, bob, old, again} {
			w.Attach(c, hub.User(c.user), 0, 0)
		}
		w.Attach(bob, w.room(0), 0, 0) // tells it nothing more
		w.Tell(ann.user, shown{"changed", "rest", 0}, shown{"changed", "own", 0})
		own := []shown{{"changed", "own", 0}}
		for c, want := range map[*client][]shown{ann: own, again: own, bob: {{"changed", "rest", 0}}, old: nil} {
			if durable, passing := c.got(); !slices.Equal(passing, want) || durable != nil {
				t.Errorf("got %v and %v, want %v", durable, passing, want)
			}
		}
		if !w.Here(bob.user) || w.Here(id.User{UUID: id.New()}) {
			t.Error("who is here is not who is")
		}
	})
}
