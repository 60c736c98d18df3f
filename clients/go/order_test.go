package lair_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	"github.com/lair-chat/lair/pkg/id"
)

// TestNothingOvertakesWhatIsRefusedWhenAllGoOutAtOnce: they were posted while
// there was no connection, so without care all would leave in one packet.
func TestNothingOvertakesWhatIsRefusedWhenAllGoOutAtOnce(t *testing.T) {
	for name, fault := range map[string]fakegateway.Fault{
		"Busy": fakegateway.RefuseBusy, "TooOften": fakegateway.RefuseOften,
		"CutBefore": fakegateway.CutBeforeCommit, "CutAfter": fakegateway.CutAfterCommit,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
				hall, den := g.Room("hall", "ann"), g.Room("den", "ann")
				link := away(t, g)
				var posted []*lair.Posted
				for i := range 20 {
					for _, r := range []id.Room{hall, den} {
						d := draft(r, strconv.Itoa(i))
						if i%2 == 0 { // the same room, written in another way
							d.Target.RoomID = strings.ToUpper(d.Target.RoomID)
						}
						p, err := link.Post(soon(t), d)
						must(t, err)
						posted = append(posted, p)
					}
				}
				g.Fail(fault, 3)
				for _, p := range posted {
					_, err := p.Wait(t.Context())
					must(t, err)
				}
				for _, r := range []id.Room{hall, den} {
					for i, m := range g.Said(r.Conversation()) {
						if m.Content != strconv.Itoa(i) || m.Seq != int64(i+1) {
							t.Errorf("message %d is %q with seq %d", i, m.Content, m.Seq)
						}
					}
				}
			})
		})
	}
}

// TestOneConversationDoesNotWaitForAnother: a refusal in one room holds up that
// room alone.
func TestOneConversationDoesNotWaitForAnother(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall, den := g.Room("hall", "ann"), g.Room("den", "ann")
		link := dial(t, options(g, "ann"))
		g.Fail(fakegateway.RefuseOften, 1)
		first, err := link.Post(soon(t), draft(hall, "first"))
		must(t, err)
		synctest.Wait() // it has been refused, for ten seconds
		began := time.Now()
		for i := range 3 {
			_, err := link.Send(soon(t), draft(den, strconv.Itoa(i)))
			must(t, err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the other room waited %v", took)
		}
		_, err = first.Wait(soon(t))
		must(t, err)
	})
}

// TestWhatIsTakenBackHoldsUpNothing: the next one goes out when the caller of
// the one in front of it has no more patience.
func TestWhatIsTakenBackHoldsUpNothing(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.MinBackoff, o.MaxBackoff, o.Rand = time.Hour, time.Hour, func() float64 { return 0.9 }
		link := dial(t, o)
		g.Fail(fakegateway.RefuseBusy, 1)
		first, err := link.Post(soon(t), draft(hall, "first"))
		must(t, err)
		second, err := link.Post(soon(t), draft(hall, "second"))
		must(t, err)
		if _, err := first.Wait(soon(t)); err == nil {
			t.Error("the first was stored")
		}
		_, err = second.Wait(soon(t))
		must(t, err)
	})
}

// away returns a link of ann that has lost its connection and waits a second
// before it makes another.
func away(t *testing.T, g *fakegateway.Gateway) *lair.Link {
	t.Helper()
	o := options(g, "ann")
	o.MinBackoff, o.MaxBackoff, o.Rand = 2*time.Second, 2*time.Second, func() float64 { return 0.5 }
	waits := make(chan struct{}, 16)
	o.OnState = func(s lair.State) {
		if s.Phase == lair.Waiting {
			waits <- struct{}{}
		}
	}
	link := dial(t, o)
	g.Cut()
	<-waits
	return link
}
