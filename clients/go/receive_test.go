package lair_test

import (
	"encoding/json"
	"strconv"
	"testing"
	"testing/synctest"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func TestEventsGoOnAfterACut(t *testing.T) {
	overall(t, func(t *testing.T, g *fakegateway.Gateway, address string) {
		hall := g.Room("hall", "ann", "bob")
		o := options(g, "bob")
		o.Address = address
		link := dial(t, o)
		g.Say(hall, "ann", "one")
		hears(t, link, "one")
		g.Cut()
		g.Say(hall, "ann", "two")
		g.Cut()
		g.Say(hall, "ann", "three")
		hears(t, link, "two", "three")
	})
}

func TestHoleIsHealed(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		link := dial(t, options(g, "bob"))
		g.Say(hall, "ann", "one")
		g.Fail(fakegateway.SkipEvent, 1)
		g.Say(hall, "ann", "two")
		g.Say(hall, "ann", "three")
		hears(t, link, "one", "two", "three")
		quiet(t, link)
	})
}

func TestRepeatsAreDropped(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		link := dial(t, options(g, "bob"))
		g.Fail(fakegateway.RepeatEvents, 3)
		for i := range 4 {
			g.Say(hall, "ann", strconv.Itoa(i))
		}
		hears(t, link, "0", "1", "2", "3")
		quiet(t, link)
	})
}

func TestReplayThatIsCutGoesOn(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		link := dial(t, options(g, "bob"))
		g.Fail(fakegateway.CutReplay, 3)
		g.Cut()
		for i := range 8 {
			g.Say(hall, "ann", strconv.Itoa(i))
		}
		hears(t, link, "0", "1", "2", "3", "4", "5", "6", "7")
	})
}

func TestPositionsGoOnInAnotherLink(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall, den := g.Room("hall", "ann", "bob"), g.Room("den", "ann", "bob")
		link := dial(t, options(g, "bob"))
		g.Say(hall, "ann", "one")
		g.Say(hall, "ann", "two")
		hears(t, link, "one")
		stored, err := json.Marshal(link.Positions())
		must(t, err)
		must(t, link.Close(soon(t)))

		g.Say(den, "ann", "three")
		o := options(g, "bob")
		must(t, json.Unmarshal(stored, &o.Positions))
		link = dial(t, o)
		got := map[string]bool{}
		for range 2 { // the order of two conversations is not promised
			_, m := next(t, link)
			got[m.Message.Content] = true
		}
		if !got["two"] || !got["three"] {
			t.Errorf("got %v", got)
		}
		quiet(t, link)
	})
}

func TestResetIsTold(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		link := dial(t, options(g, "bob"))
		g.Say(hall, "ann", "one")
		hears(t, link, "one")

		isReset := func(seq int64) {
			t.Helper()
			ev, _ := next(t, link)
			if ev.Type != clientv1.TypeReset || ev.Conversation != hall.Conversation() || ev.Seq != seq || ev.Durable() {
				t.Fatalf("got %+v", ev)
			}
			if at := link.Positions().Conversations[hall.Conversation()]; at != seq {
				t.Fatalf("stands at %d", at)
			}
		}
		// While away: the log has forgotten what this client has not seen.
		g.Cut()
		g.Say(hall, "ann", "two")
		g.Say(hall, "ann", "three")
		g.Forget(hall.Conversation(), 2)
		isReset(3)
		g.Say(hall, "ann", "four")
		hears(t, link, "four")
		// On a live connection.
		g.Reset(hall.Conversation())
		isReset(4)
		g.Say(hall, "ann", "five")
		hears(t, link, "five")
	})
}

func TestOwnSequenceIsReset(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		g.User("bob")
		o := options(g, "bob")
		o.Positions.UserSeq = new(int64(7)) // the server has none
		link := dial(t, o)
		ev, _ := next(t, link)
		if ev.Type != clientv1.TypeReset || !ev.Conversation.IsZero() || ev.UserSeq != 0 {
			t.Fatalf("got %+v", ev)
		}
		if at := link.Positions().UserSeq; *at != 0 {
			t.Errorf("stands at %d", *at)
		}
		hall := g.Room("hall", "ann")
		g.Add(hall, "bob")
		if ev, _ := next(t, link); ev.Type != clientv1.TypeConversationAdded || ev.UserSeq != 1 {
			t.Fatalf("got %s", ev.Raw)
		}
	})
}

func TestConversationThatBeganWhileAwayIsComplete(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		g.Say(hall, "ann", "not for bob")
		link := dial(t, options(g, "bob"))
		g.Cut()
		g.Add(hall, "bob")
		g.Say(hall, "ann", "for bob")
		if ev, _ := next(t, link); ev.Type != clientv1.TypeConversationAdded {
			t.Fatalf("got %s", ev.Raw)
		}
		if ev, _ := next(t, link); ev.Type != clientv1.TypeUserJoinedRoom || ev.Seq != 2 {
			t.Fatalf("got %s", ev.Raw)
		}
		hears(t, link, "for bob")
		quiet(t, link)
	})
}

func TestFleetingEventsCome(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		bob := dial(t, options(g, "bob"))
		ann := dial(t, options(g, "ann"))
		must(t, ann.Typing(soon(t), clientv1.ToRoom(hall)))
		ev, _ := next(t, bob)
		v, err := ev.Decode()
		must(t, err)
		if typing, ok := v.(*clientv1.UserTyping); !ok || typing.UserID != g.User("ann").ID || ev.Durable() {
			t.Errorf("got %s", ev.Raw)
		}
		g.Push(map[string]any{"type": "confetti", "colour": "red"})
		if ev, _ := next(t, bob); ev.Type != "confetti" {
			t.Errorf("got %s", ev.Raw)
		}
	})
}

func TestWithoutResumeEventsAreHandedOutAsTheyCome(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		o := options(g, "bob")
		o.Features = []string{}
		link := dial(t, o)
		place := clientv1.Place{Conversation: g.Room("hall", "bob").Conversation(), Seq: 9}
		synctest.Wait()
		for range 2 {
			g.Push(clientv1.MessageReceived{Type: clientv1.TypeMessageReceived, Place: place})
		}
		for range 2 {
			if ev, _ := next(t, link); ev.Seq != 9 {
				t.Errorf("got %s", ev.Raw)
			}
		}
	})
}

// Over a pipe nothing is on the way, so what the gateway has written is what
// the link has read.
func TestEventsThatAreNotTakenStopTheReading(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		o := options(g, "bob")
		o.Buffer = 16
		link := dial(t, o)
		synctest.Wait()
		before := g.Written()
		const n = 1000
		for i := range n {
			g.Say(hall, "ann", strconv.Itoa(i))
		}
		synctest.Wait()
		// One more waits to be put in the buffer, and bufio holds what fits 4 KiB.
		if read := g.Written() - before; read < o.Buffer || read > o.Buffer+20 {
			t.Errorf("the link has read %d events, the buffer is %d", read, o.Buffer)
		}
		for i := range n {
			hears(t, link, strconv.Itoa(i))
		}
	})
}

func TestEventsBeforeTheEndAreStillHandedOut(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann", "bob")
		link := dial(t, options(g, "bob"))
		g.Say(hall, "ann", "one")
		g.Say(hall, "ann", "two")
		synctest.Wait()
		must(t, link.Close(soon(t)))
		hears(t, link, "one", "two")
		if _, err := link.Next(soon(t)); err != lair.ErrClosed { //nolint:errorlint // exactly this
			t.Errorf("got %v", err)
		}
		for range link.Events() {
			t.Error("an event after the end")
		}
	})
}
