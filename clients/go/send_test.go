package lair_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func TestSendSurvivesCuts(t *testing.T) {
	overall(t, func(t *testing.T, g *fakegateway.Gateway, address string) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.Address = address
		link := dial(t, o)
		g.Fail(fakegateway.CutBeforeCommit, 2)
		g.Fail(fakegateway.CutAfterCommit, 2)
		m, err := link.Send(soon(t), draft(hall, "hello"))
		must(t, err)
		said := g.Said(hall.Conversation())
		if len(said) != 1 || said[0].ID != m.ID || m.Content != "hello" || m.Seq != 1 {
			t.Errorf("got %+v, stored %+v", m, said)
		}
		hears(t, link, "hello")
	})
}

func TestPostedMessagesKeepTheirOrder(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		link := dial(t, options(g, "ann"))
		g.Fail(fakegateway.CutAfterCommit, 1)
		var posted []*lair.Posted
		const n = 200
		for i := range n {
			p, err := link.Post(soon(t), draft(hall, strconv.Itoa(i)))
			must(t, err)
			posted = append(posted, p)
			if i == n/2 {
				g.Fail(fakegateway.CutBeforeCommit, 1)
			}
		}
		for i, p := range posted {
			m, err := p.Wait(soon(t))
			must(t, err)
			if m.Seq != int64(i+1) || m.ClientMsgID != p.ClientMsgID {
				t.Fatalf("message %d has seq %d", i, m.Seq)
			}
		}
	})
}

func TestTemporaryRefusalIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.MinBackoff, o.MaxBackoff, o.Rand = time.Second, 4*time.Second, func() float64 { return 0.5 }
		link := dial(t, o)
		g.Fail(fakegateway.RefuseBusy, 4)
		began := time.Now()
		_, err := link.Send(soon(t), draft(hall, "hello"))
		must(t, err)
		if took := time.Since(began); took != 5500*time.Millisecond { // .5 + 1 + 2 + 2
			t.Errorf("took %v", took)
		}
		if n := len(g.Said(hall.Conversation())); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestTheServerSaysWhenToTryAgain(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.MinBackoff, o.MaxBackoff, o.Rand = time.Second, 4*time.Second, func() float64 { return 0.5 }
		link := dial(t, o)
		g.Fail(fakegateway.RefuseOften, 1)
		began := time.Now()
		_, err := link.Send(soon(t), draft(hall, "hello"))
		must(t, err)
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestNothingOvertakesAMessageThatIsRefusedForNow(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.MinBackoff, o.MaxBackoff = time.Second, time.Second
		o.Rand = func() float64 { return 0.5 }
		link := dial(t, o)
		g.Fail(fakegateway.RefuseBusy, 2)
		first, err := link.Post(soon(t), draft(hall, "one"))
		must(t, err)
		synctest.Wait() // it has been refused
		second, err := link.Post(soon(t), draft(hall, "two"))
		must(t, err)
		_, err = second.Wait(soon(t))
		must(t, err)
		_, err = first.Wait(soon(t))
		must(t, err)
		if said := g.Said(hall.Conversation()); said[0].Content != "one" || said[1].Content != "two" {
			t.Errorf("stored %+v", said)
		}
	})
}

func TestDefiniteRefusalIsReturned(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		link := dial(t, options(g, "ann"))
		_, err := link.Send(soon(t), draft(g.Room("den", "bob"), "hello"))
		if lair.Code(err) != "not_room_member" {
			t.Errorf("got %v", err)
		}
		for _, d := range []lair.Draft{
			{Target: clientv1.Target{Type: "planet"}, Content: "hello"},
			draft(id.Room{}, "\xff"), draft(id.Room{}, "a\x00b"), draft(id.Room{}, strings.Repeat("x", lair.MaxFrame)),
		} {
			if _, err := link.Send(soon(t), d); lair.Code(err) == "" {
				t.Errorf("got %v for %.20q", err, d.Content)
			}
		}
	})
}

func TestSendThatGivesUpSaysWhetherItWentOut(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		link := dial(t, options(g, "ann"))
		g.Fail(fakegateway.CutAfterCommit, 1<<30)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := link.Send(ctx, draft(hall, "hello"))
		if !errors.Is(err, lair.ErrUnanswered) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		g.Fail(fakegateway.CutAfterCommit, 0)

		_, err = link.Send(ctx, draft(hall, "too late"))
		if errors.Is(err, lair.ErrUnanswered) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if n := len(g.Said(hall.Conversation())); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestTooManyUnansweredWait(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.MinBackoff, o.MaxBackoff = time.Hour, time.Hour
		o.Rand = func() float64 { return 0.9 }
		link := dial(t, o)
		g.Fail(fakegateway.RefuseBusy, 1)
		for i := range 256 {
			_, err := link.Post(soon(t), draft(hall, strconv.Itoa(i)))
			must(t, err)
			synctest.Wait()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := link.Post(ctx, draft(hall, "no room")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestDirectMessage(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		to := g.User("bob").ID
		ann, bob := dial(t, options(g, "ann")), dial(t, options(g, "bob"))
		target := clientv1.Target{Type: clientv1.TargetDirectRequest, Recipient: to.String()} // spelled as over HTTP
		_, err := ann.Send(soon(t), lair.Draft{Target: target, Content: "psst"})
		must(t, err)
		if ev, _ := next(t, bob); ev.Type != clientv1.TypeConversationAdded {
			t.Errorf("got %s", ev.Raw)
		}
		hears(t, bob, "psst")
	})
}

func TestOtherCommands(t *testing.T) {
	overall(t, func(t *testing.T, g *fakegateway.Gateway, address string) {
		o := options(g, "ann")
		o.Address = address
		link := dial(t, o)
		room, err := link.CreateRoom(soon(t), lair.NewRoom{Name: "den"})
		must(t, err)
		if room.Name != "den" {
			t.Errorf("got %+v", room)
		}
		joined, err := link.JoinRoom(soon(t), g.Room("hall", "bob"))
		must(t, err)
		if joined.Room.Name != "hall" {
			t.Errorf("got %+v", joined)
		}
		rooms, err := link.Rooms(soon(t), lair.RoomsQuery{})
		must(t, err)
		if len(rooms.Rooms) != 2 || !rooms.Rooms[0].IsMember {
			t.Errorf("got %+v", rooms)
		}
		_, err = link.Ping(soon(t))
		must(t, err)
		if _, err := link.JoinRoom(soon(t), id.Room{}); lair.Code(err) != "room_not_found" {
			t.Errorf("got %v", err)
		}
		if _, err := link.Do(soon(t), clientv1.Command{Type: "dance"}); lair.Code(err) != "invalid_message" {
			t.Errorf("got %v", err)
		}
		if _, err := link.Do(soon(t), clientv1.Command{Type: clientv1.TypeResume}); lair.Code(err) != "invalid_state" {
			t.Errorf("got %v", err)
		}
	})
}

func TestLostAnswers(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		link := dial(t, options(g, "ann"))
		g.Fail(fakegateway.DropAnswer, 1)
		_, err := link.CreateRoom(soon(t), lair.NewRoom{Name: "den"})
		if !errors.Is(err, lair.ErrUnanswered) {
			t.Errorf("got %v", err)
		}
		g.Fail(fakegateway.DropAnswer, 2)
		_, err = link.Rooms(soon(t), lair.RoomsQuery{}) // asking again does no harm
		must(t, err)
	})
}
