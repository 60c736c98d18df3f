package lair_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func TestRefusedTokenIsReplaced(t *testing.T) {
	overall(t, func(t *testing.T, g *fakegateway.Gateway, address string) {
		hall := g.Room("hall", "ann")
		asked := 0
		o := options(g, "ann")
		o.Address = address
		o.TokenSource = func(context.Context) (string, error) { asked++; return "ann.2", nil }
		g.Fail(fakegateway.RefuseToken, 1)
		link := dial(t, o)
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		// In the middle of its life, too, and what was under way is sent again.
		g.Fail(fakegateway.RefuseSession, 1)
		_, err := link.Send(soon(t), draft(hall, "hello"))
		must(t, err)
		if asked != 2 || len(g.Said(hall.Conversation())) != 1 {
			t.Errorf("asked %d times", asked)
		}
	})
}

func TestTokenIsAskedForIfThereIsNone(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		o := options(g, "")
		o.TokenSource = func(context.Context) (string, error) { return "ann", nil }
		dial(t, o)
		o.TokenSource = nil
		if _, err := lair.Dial(soon(t), o); err == nil {
			t.Error("a link without a token")
		}
	})
}

func TestDefiniteRefusalOfTheTokenEndsTheLink(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		o := options(g, "ann")
		o.TokenSource = func(context.Context) (string, error) { return "ann", nil } // never a new one
		link := dial(t, o)
		g.Revoke("ann")
		g.Cut()
		_, err := link.Next(soon(t))
		if lair.Code(err) != "session_not_found" || lair.Code(link.Err()) != "session_not_found" {
			t.Errorf("got %v, %v", err, link.Err())
		}
		<-link.Done()
		if _, err := link.Send(soon(t), draft(hall, "hello")); lair.Code(err) != "session_not_found" {
			t.Errorf("got %v", err)
		}
		if _, err := lair.Dial(soon(t), o); lair.Code(err) != "session_not_found" {
			t.Errorf("got %v", err)
		}
	})
}

func TestTokenSourceThatFailsForNowIsAskedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		hall := g.Room("hall", "ann")
		answers := []error{errors.New("no network"), &clientv1.Error{Code: "rate_limited"}, nil}
		o := options(g, "ann")
		o.TokenSource = func(context.Context) (string, error) {
			err := answers[0]
			answers = answers[1:]
			return "ann.2", err
		}
		link := dial(t, o)
		g.Revoke("ann")
		g.Cut()
		_, err := link.Send(soon(t), draft(hall, "hello"))
		must(t, err)
	})
}

func TestLinkMoves(t *testing.T) {
	overall(t, func(t *testing.T, g *fakegateway.Gateway, address string) {
		hall := g.Room("hall", "ann", "bob")
		var mu sync.Mutex
		var phases []lair.Phase
		o := options(g, "bob")
		o.Address = address
		o.OnState = func(s lair.State) {
			mu.Lock()
			defer mu.Unlock()
			phases = append(phases, s.Phase)
		}
		link := dial(t, o)
		g.Say(hall, "ann", "one")
		hears(t, link, "one")
		g.Push(clientv1.Reconnect{Type: clientv1.TypeReconnect, AfterMS: 50})
		for i := range 300 {
			content := time.Duration(i).String()
			_, err := link.Send(soon(t), draft(hall, content))
			must(t, err)
			hears(t, link, content)
			if i%100 == 50 {
				g.Push(clientv1.Reconnect{Type: clientv1.TypeReconnect})
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if slices.Contains(phases, lair.Waiting) {
			t.Errorf("was away: %v", phases)
		}
	})
}

func TestNewConnectionComesBeforeTheOldOneGoes(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		o := options(g, "bob")
		seen := make(chan int, 10) // connections when each one begins
		o.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			seen <- g.Conns()
			return g.Dial(ctx, network, address)
		}
		link := dial(t, o)
		<-seen
		began := time.Now()
		g.Push(clientv1.Reconnect{Type: clientv1.TypeReconnect, AfterMS: 5000})
		g.Push(clientv1.Reconnect{Type: clientv1.TypeReconnect, AfterMS: 5000}) // once is enough
		if n := <-seen; n != 1 || time.Since(began) != 5*time.Second {
			t.Errorf("moved after %v, from %d connections", time.Since(began), n)
		}
		synctest.Wait()
		if len(seen) != 0 || g.Conns() != 1 {
			t.Errorf("%d connections are left", g.Conns())
		}
		_, err := link.Ping(soon(t))
		must(t, err)
	})
}

func TestSilentServerIsLeft(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		var mute sync.Mutex // held: what is dialled says nothing more
		var silent bool
		o := options(g, "bob")
		o.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := g.Dial(ctx, network, address)
			return &deaf{Conn: c, mu: &mute, silent: &silent}, err
		}
		var lost time.Time
		o.OnState = func(s lair.State) {
			if s.Phase == lair.Waiting && lost.IsZero() {
				lost = time.Now()
				mute.Lock()
				silent = false
				mute.Unlock()
			}
		}
		link := dial(t, o)
		began := time.Now()
		_, err := link.Ping(soon(t))
		must(t, err)
		mute.Lock()
		silent = true
		mute.Unlock()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		_, err = link.Ping(ctx) // answered by the next connection
		must(t, err)
		if d := lost.Sub(began); d < 90*time.Second || d > 121*time.Second {
			t.Errorf("left after %v", d)
		}
	})
}

// deaf is a connection that loses what is written while it is silent.
type deaf struct {
	net.Conn
	mu     *sync.Mutex
	silent *bool
}

func (d *deaf) Write(b []byte) (int, error) {
	d.mu.Lock()
	silent := *d.silent
	d.mu.Unlock()
	if silent {
		return len(b), nil
	}
	return d.Conn.Write(b)
}

func TestPausesGrowAndBeginSmallAfterASuccess(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		o := lair.Options{Address: "tcp://pipe:1", Token: "bob", Rand: func() float64 { return 0.5 }}
		down := false
		o.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if down {
				return nil, errors.New("refused")
			}
			return g.Dial(ctx, network, address)
		}
		var waits []time.Duration
		live := make(chan bool, 100)
		o.OnState = func(s lair.State) {
			switch s.Phase {
			case lair.Waiting:
				waits = append(waits, s.Wait)
				down = len(waits) < 11 // the eleventh attempt succeeds
			case lair.Live:
				live <- true
			case lair.Connecting, lair.Closed:
			}
		}
		dial(t, o)
		<-live
		<-time.After(time.Minute) // it was steady
		g.Cut()
		<-live
		<-time.After(time.Minute)
		g.Cut()
		<-live
		ms := time.Millisecond
		want := []time.Duration{
			50 * ms, 100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 6400 * ms,
			12800 * ms, 15000 * ms, 15000 * ms, 50 * ms,
		}
		if !slices.Equal(waits, want) {
			t.Errorf("got %v", waits)
		}
	})
}

func TestCloseLeavesNothingBehind(t *testing.T) {
	for _, over := range []string{"TCP", "WS"} {
		t.Run(over, func(t *testing.T) {
			g := fakegateway.New()
			must(t, g.Listen())
			t.Cleanup(g.Close)
			hall := g.Room("hall", "ann", "bob")
			o := options(g, "bob")
			o.Address, o.DialContext, o.Buffer = g.TCP(), nil, 1
			if over == "WS" {
				o.Address = g.WS()
			}
			before := goleak.IgnoreCurrent()
			link, err := lair.Dial(soon(t), o)
			must(t, err)
			for range 10 { // more than it can take
				g.Say(hall, "ann", "hello")
			}
			p, err := link.Post(soon(t), draft(hall, "on the way"))
			must(t, err)
			must(t, link.Close(soon(t)))
			must(t, link.Close(soon(t)))
			if _, err := p.Wait(soon(t)); err != nil && !errors.Is(err, lair.ErrClosed) {
				t.Errorf("got %v", err)
			}
			if _, err := link.Post(soon(t), draft(hall, "too late")); !errors.Is(err, lair.ErrClosed) {
				t.Errorf("got %v", err)
			}
			for g.Conns() > 0 { // the gateway notices in its own time
				select {
				case <-t.Context().Done():
				case <-time.After(time.Millisecond):
				}
			}
			goleak.VerifyNone(t, before)
		})
	}
}

func TestCloseWhileAway(t *testing.T) {
	bubble(t, func(t *testing.T, g *fakegateway.Gateway) {
		o := options(g, "bob")
		o.MinBackoff, o.MaxBackoff = time.Hour, time.Hour
		o.Rand = func() float64 { return 0.9 }
		link := dial(t, o)
		g.Cut()
		synctest.Wait()
		began := time.Now()
		must(t, link.Close(soon(t)))
		if time.Since(began) > time.Second || !errors.Is(link.Err(), lair.ErrClosed) {
			t.Errorf("closed after %v with %v", time.Since(began), link.Err())
		}
	})
}

func TestDialDoesNotWaitForEver(t *testing.T) {
	bubble(t, func(t *testing.T, _ *fakegateway.Gateway) {
		o := lair.Options{Address: "tcp://pipe:1", Token: "bob"}
		o.DialContext = func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe() // nobody says a word
			t.Cleanup(func() { _ = server.Close() })
			return client, nil
		}
		began := time.Now()
		if _, err := lair.Dial(context.Background(), o); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if d := time.Since(began); d != 15*time.Second {
			t.Errorf("took %v", d)
		}
		for _, address := range []string{"", "http://host", "tcp://host", "127.0.0.1:80", "%"} {
			o.Address = address
			if _, err := lair.Dial(t.Context(), o); err == nil {
				t.Errorf("dialled %q", address)
			}
		}
	})
}

// Positions that are stored right after Dial must be worth storing.
func TestPositionsAreKnownWhenDialReturns(t *testing.T) {
	overall(t, func(t *testing.T, g *fakegateway.Gateway, address string) {
		hall := g.Room("hall", "ann").Conversation()
		g.Say(id.Room(hall), "ann", "hello")
		o := options(g, "ann")
		o.Address = address
		for range 20 {
			p := dial(t, o).Positions()
			if p.Conversations[hall] != 1 || p.UserSeq == nil {
				t.Fatalf("positions are %+v", p)
			}
		}
	})
}
