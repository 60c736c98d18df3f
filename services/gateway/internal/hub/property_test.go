package hub_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// step is one thing that happens in a random history.
type step struct {
	Act  string
	Who  int
	Bell string        // what becomes of the bells of the step
	Wait time.Duration // before the next step
}

var steps = rapid.Custom(func(t *rapid.T) step {
	return step{
		Act: rapid.SampledFrom([]string{
			"say", "say", "say", "say", "say several", "connect", "connect", "disconnect",
			"depart", "join", "join", "database down", "database up", "flood",
		}).Draw(t, "act"),
		Who:  rapid.IntRange(0, 3).Draw(t, "who"),
		Bell: rapid.SampledFrom([]string{"rung", "rung", "lost", "late", "very late", "twice", "head only"}).Draw(t, "bell"),
		Wait: rapid.SampledFrom([]time.Duration{0, 0, 0, time.Millisecond, 20 * time.Millisecond, time.Second}).Draw(t, "wait"),
	}
})

// TestNothingIsLostRepeatedOrReordered: whatever the bus, the database and the
// people do, everybody who stays has all events in order.
func TestNothingIsLostRepeatedOrReordered(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		history := rapid.SliceOfN(steps, 1, 60).Draw(rt, "history")
		var err error // rapid must not be told inside the bubble
		synctest.Test(t, func(t *testing.T) { err = live(t, history) })
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// story is a history that is under way.
type story struct {
	*world
	room                hub.Key
	people              []*person
	departures, returns []map[int64]bool // of each of the people
}

// live lets the history happen and says what is wrong in the end.
func live(t *testing.T, history []step) (err error) {
	t.Helper()
	runIn(t, func(w *world) {
		s := &story{world: w, room: w.room(0)}
		for n := range 4 {
			s.people = append(s.people, newPerson(w, s.room, frame.TCPResume+frame.Form(n%2)))
			s.departures = append(s.departures, map[int64]bool{})
			s.returns = append(s.returns, map[int64]bool{})
		}
		for _, x := range history {
			s.do(x)
			time.Sleep(x.Wait)
		}
		w.journal.set(func() { w.journal.down = false })
		for _, p := range s.people {
			if p.conn == nil {
				p.connect()
			}
		}
		w.pass(20 * time.Second)
		for n, p := range s.people {
			p.disconnect()
			if bad := p.check(s.departures[n], s.returns[n]); bad != nil {
				err = errors.Join(err, fmt.Errorf("person %d: %w", n, bad))
			}
		}
		w.wantOpen(s.room, 0)
	})
	return err
}

func (s *story) do(x step) {
	p := s.people[x.Who]
	_, left := s.journal.visible(s.room, p.user)
	switch x.Act {
	case "say":
		s.bell(x.Bell, s.room, s.journal.say(s.room))
	case "say several":
		s.bell(x.Bell, s.room, s.journal.say(s.room), s.journal.say(s.room), s.journal.say(s.room))
	case "flood":
		for range 20 {
			s.bell(x.Bell, s.room, s.journal.say(s.room))
		}
	case "connect":
		if p.conn == nil {
			p.connect()
		}
	case "disconnect":
		p.disconnect()
	case "depart":
		if !left {
			e := s.journal.depart(s.room, p.user)
			s.departures[x.Who][e.Seq()] = true
			s.bell(x.Bell, s.room, e, s.journal.say(s.room)) // which it must not get
		}
	case "join":
		if left {
			joined, added := s.journal.join(s.room, p.user)
			s.returns[x.Who][joined.Seq()] = true
			s.bell(x.Bell, s.room, joined)
			s.bell(x.Bell, hub.User(p.user), added)
		}
	case "database down", "database up":
		s.journal.set(func() { s.journal.down = x.Act == "database down" })
	}
}

// bell rings in one of the ways in which bells are rung.
func (s *story) bell(way string, k hub.Key, events ...*hub.Event) {
	switch way {
	case "rung":
		s.ring(k, events...)
	case "twice":
		s.ring(k, events...)
		s.ring(k, events...)
	case "head only":
		s.ring(k)
	case "late":
		time.AfterFunc(30*time.Millisecond, func() { s.ring(k, events...) })
	case "very late":
		time.AfterFunc(3*time.Second, func() { s.ring(k, events...) })
	}
}
