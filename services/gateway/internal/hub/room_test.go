package hub_test

import (
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// TestDeletedRoomIsFollowedByNobody: everybody gets its last event, also who
// had to be brought up meanwhile.
func TestDeletedRoomIsFollowedByNobody(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		a, b := w.follow(k, frame.WSResume), w.follow(k, frame.TCPResume)
		behind := w.client(frame.WSResume)
		if w.Attach(behind, k, 1, 3) {
			t.Fatal("the client is not behind")
		}
		w.ring(k, w.journal.say(k), w.journal.endRoom(k))
		a.wantSeqs(k, 4, 5)
		b.wantSeqs(k, 4, 5)
		if w.Follows(a, k) || w.Follows(b, k) {
			t.Error("somebody follows a room that is gone")
		}
		w.wantOpen(k, 1) // for whom is behind
		if !w.Leave(behind, k, 5) {
			t.Error("the one who was behind is still there")
		}
		w.wantOpen(k, 0)
	})
}

func TestDeletionThatIsReadFromTheDatabaseEndsTheRoom(t *testing.T) {
	run(t, func(w *world) {
		k := w.room(3)
		a := w.follow(k, frame.WSResume)
		w.journal.say(k)
		w.journal.endRoom(k)
		w.ring(k)
		a.wantSeqs(k, 4, 5)
		w.wantOpen(k, 0)
	})
}
