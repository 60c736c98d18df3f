package sender_test

import (
	"sync/atomic"
	"testing"
	"time"

	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

// TestWhatIsBehindOneGivenUpIsGivenUp: it would be committed, and the one in
// front of it, when its author says it again, after it.
func TestWhatIsBehindOneGivenUpIsGivenUp(t *testing.T) {
	run(t, func(w *world) {
		var back atomic.Bool
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			if !back.Load() {
				return errAway
			}
			return w.service.acceptAll(n, first, s)
		}
		say := func(author, room, name string) *fate {
			f := &fate{name: name}
			w.Submit(0, &messagev1.Draft{
				UserId: []byte(author), ClientMsgId: name,
				Target: &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: []byte(room)}},
			}, f.done)
			return f
		}
		first := say("ann", "hall", "first")
		time.Sleep(10 * time.Second)
		second, elsewhere, other := say("ann", "hall", "second"), say("ann", "den", "elsewhere"), say("bob", "hall", "other")
		w.wantOpen(first, second, elsewhere, other)
		time.Sleep(7 * time.Second)
		w.wantLate(first, second)
		w.wantOpen(elsewhere, other)
		back.Store(true)
		time.Sleep(2 * time.Second)
		w.wantAccepted(elsewhere, other, say("ann", "hall", "third"))
	})
}
