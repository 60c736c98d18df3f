package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// What the system keeps when parts of it die: every message that was
// acknowledged, once, in one order.

// A process is killed as soon as a message is acknowledged. Whether it had
// delivered it or not, the reader gets it.
func TestAcknowledgedSurvivesSIGKILL(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
		hall := room(t, ann, bob)
		a, b := ann.tcp(t).deaf(), bob.ws(t)
		victims := []*cluster.Program{s.sender(), s.last().Program}
		for i := range 10 {
			text := fmt.Sprintf("round %d", i)
			a.say(clientv1.ToRoom(hall), text)
			crash(t, victims[i%len(victims)])
			b.hears(hall.Conversation(), text)
		}
		if n := len(ann.history(t, hall)); n != 10 {
			t.Errorf("%d messages are stored", n)
		}
	})
}

// The reader's gateway hangs, so nothing is delivered for certain, and then
// gateway and message service die together.
func TestUndeliveredSurvivesSIGKILL(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	a, b := ann.tcp(t).deaf(), bob.ws(t)
	a.say(clientv1.ToRoom(hall), "hello")
	b.hears(hall.Conversation(), "hello")
	s.last().Pause()
	var want []string
	for i := range 20 {
		want = append(want, fmt.Sprintf("while it hangs %d", i))
		a.say(clientv1.ToRoom(hall), want[i])
	}
	message, gateway := s.Program("message"), s.last().Program
	message.Kill()
	gateway.Kill()
	must(t, message.Run(t.Context())) // without it no gateway is ready
	must(t, gateway.Run(t.Context()))
	b.hears(hall.Conversation(), want...)
	a.say(clientv1.ToRoom(hall), "and on")
	b.hears(hall.Conversation(), "and on")
}

// Redis carries only bells: without it messages are still acknowledged, and
// they are delivered when it is back, if not sooner.
func TestSendsGoOnWithoutRedis(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	a, b := ann.tcp(t).deaf(), bob.ws(t)
	var want []string
	say := func(n int, when string) {
		for i := range n {
			want = append(want, fmt.Sprintf("%s %d", when, i))
			a.say(clientv1.ToRoom(hall), want[len(want)-1])
		}
	}
	say(5, "with Redis")
	s.Redis.Kill()
	say(5, "without Redis")
	b.hears(hall.Conversation(), want...) // the slow clock finds them
	want = nil
	say(5, "still without Redis")
	must(t, s.Redis.Run(t.Context()))
	say(5, "with Redis again")
	b.hears(hall.Conversation(), want...)
	want = nil
	s.Redis.Pause()
	say(5, "while Redis hangs")
	s.Redis.Resume()
	b.hears(hall.Conversation(), want...)
}

// The database dies in the middle of sends and comes back: what was
// acknowledged is there, what was not is sent again by the client, and the order
// is the one in which it was said.
func TestSendsSurviveACrashOfTheDatabase(t *testing.T) {
	s := beginDurable(t)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	a, b := ann.tcp(t).deaf(), bob.ws(t)
	var want []string
	var posted []*lair.Posted
	for i := range 40 {
		want = append(want, strconv.Itoa(i))
		p, err := a.Post(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: want[i]})
		must(t, err)
		posted = append(posted, p)
		if i == 20 {
			s.Postgres.Kill()
		}
	}
	if code := refusalOf(t, func() error { _, err := ann.Rooms(soon(t), lair.RoomsQuery{}); return err }); code != "unavailable" {
		t.Errorf("without its database the server says %q", code)
	}
	ready(t, s.first(), http.StatusServiceUnavailable)
	must(t, s.Postgres.Run(t.Context()))
	ready(t, s.first(), http.StatusOK)
	for _, p := range posted {
		_, err := p.Wait(soon(t))
		must(t, err)
	}
	b.hears(hall.Conversation(), want...)
}

// A gateway that is told to stop sends its clients elsewhere; nothing is lost
// and nothing comes twice.
func TestGatewayLeavesPolitely(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
		hall := room(t, ann, bob)
		a, b := ann.tcp(t).deaf(), bob.ws(t)
		const n = 300
		var sends sync.WaitGroup
		sends.Go(func() {
			for i := range n {
				if _, err := a.Send(t.Context(), lair.Draft{Target: clientv1.ToRoom(hall), Content: strconv.Itoa(i)}); err != nil {
					t.Error(err)
					return
				}
			}
		})
		restarted := make(chan error, 1)
		go func() {
			for _, g := range s.Gateways {
				if err := g.Stop(); err != nil {
					restarted <- err
					return
				}
				if err := g.Run(t.Context()); err != nil {
					restarted <- err
					return
				}
			}
			restarted <- nil
		}()
		for i := range n {
			if m := b.next(hall.Conversation()); m.Message.Content != strconv.Itoa(i) {
				t.Fatalf("got %q in place of %d", m.Message.Content, i)
			}
		}
		sends.Wait()
		must(t, <-restarted)
	})
}

// A pod that dies takes its users offline, though it cannot say so.
func TestWhoWasOnADeadPodGoesOffline(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	a := ann.ws(t)
	a.say(clientv1.ToUser(ann.ID), "I am here") // from now on presence is heard
	bob.tcp(t).deaf()
	waitFor := func(want string) {
		t.Helper()
		for {
			if p := event[clientv1.UserPresence](a); p.UserID == bob.ID && p.Type == want {
				return
			}
		}
	}
	waitFor(clientv1.TypeUserOnline)
	begun := time.Now()
	s.last().Kill()
	waitFor(clientv1.TypeUserOffline)
	t.Logf("offline after %v", time.Since(begun))
}

// ready waits until a gateway answers /ready with the status.
func ready(t *testing.T, g *cluster.Gateway, status int) {
	t.Helper()
	for ctx := soon(t); ; {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.HTTP+"/ready", nil)
		must(t, err)
		resp, err := http.DefaultClient.Do(req)
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode == status {
			return
		}
	}
}

// refusalOf repeats a request until it is refused, and returns the code.
func refusalOf(t *testing.T, ask func() error) string {
	t.Helper()
	for ctx := soon(t); ctx.Err() == nil; {
		if err := ask(); err != nil {
			return lair.Code(err)
		}
	}
	t.Fatal("it is never refused")
	return ""
}

func beginDurable(t *testing.T) *system {
	t.Helper()
	return begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Durable = true
		return cluster.Many(ctx, o)
	})
}

// Everything breaks, one part after the other, while four people write. Both
// readers see the same sequence, with every message once.
func TestContractHoldsWhileEverythingBreaks(t *testing.T) {
	s := beginDurable(t)
	c := sing(t, s)
	for _, breaks := range []func(){
		func() { crash(t, s.Program("message")) },
		func() { s.Redis.Kill(); must(t, s.Redis.Run(t.Context())) },
		func() { crash(t, s.last().Program) },
		func() { s.Postgres.Kill(); must(t, s.Postgres.Run(t.Context())) },
		func() { crash(t, s.Program("room")); crash(t, s.Program("presence")) },
		func() { s.Redis.Pause(); c.probe(); s.Redis.Resume() },
		func() { crash(t, s.Program("auth")) },
		func() {
			s.Program("message").Pause()
			s.first().Kill()
			s.Program("message").Resume() // without it no gateway is ready
			must(t, s.first().Run(t.Context()))
		},
	} {
		breaks()
		c.probe() // the system has recovered
	}
	t.Logf("%d messages", c.end())
}
