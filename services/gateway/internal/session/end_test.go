package session_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

func TestARevokedLoginEndsOnAllItsConnections(t *testing.T) {
	run(t, func(w *world) {
		a, b, c := w.enter("ann", ""), w.enter("ann", resume), w.enter("bob", "")
		w.gate.Revoke(annLogin)
		a.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		b.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		c.wantOpen()
		a.Close()
		b.Close()
		w.gate.Revoke(annLogin) // nobody is left
		w.gate.Revoke(bobLogin)
		c.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		c.Close()
	})
}

func TestLogoutIsAnsweredBeforeTheEnd(t *testing.T) {
	run(t, func(w *world) {
		backendtest.On(w.Services, func(context.Context, *authv1.LogoutRequest) (*authv1.LogoutResponse, error) {
			w.gate.Revoke(annLogin) // as the bell of auth has it
			return &authv1.LogoutResponse{}, nil
		})
		other, c := w.enter("ann", ""), w.enter("ann", "")
		c.say("%s", send(1))
		w.submitted(1)[0].answer(1)
		c.want(`{"type":"send_message_response"}`)
		c.last(`{"type":"logout","request_id":"a3"}`)
		c.want(`{"type":"logout_response","request_id":"a3","success":true}`)
		c.wantClosed(clientv1.CloseSessionRevoked)
		other.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		c.last(`{"type":"ping"}`)
		c.Close()
		other.Close()
	})
}

func TestAnExpiredLoginThatWasExtendedGoesOn(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		time.Sleep(50 * time.Minute)
		w.set(func() { w.expires = w.expires.Add(time.Hour) })
		time.Sleep(20 * time.Minute)
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		w.set(func() { w.checks[annLogin] = errExpired }) // is not asked until then
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.Close()
	})
}

func TestAnExpiredLoginEnds(t *testing.T) {
	for _, is := range []struct {
		err    error
		code   string
		status int
	}{
		{errExpired, "session_expired", clientv1.CloseSessionExpired},
		{fault.New(fault.Unauthenticated, "session_not_found", "no"), "session_expired", clientv1.CloseSessionExpired},
		{errDown, "unavailable", clientv1.CloseUnavailable},
	} {
		run(t, func(w *world) {
			c := w.enter("ann", "")
			time.Sleep(time.Hour - time.Second)
			c.say("%s", send(1))
			w.set(func() { w.checks[annLogin] = is.err })
			time.Sleep(time.Second)
			go c.last("%s", send(2))
			c.wantNothing()
			w.submitted(1)[0].answer(1) // what was said before is answered
			c.want(`{"type":"send_message_response","request_id":"1","success":true}`)
			c.wantEnd(is.code, is.status)
			c.Close()
		})
	}
}

func TestASlowReaderIsSentAway(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 0)
		c := w.enter("ann", "")
		c.change(func() { c.refuses = sock.ErrFull })
		w.speak(hall)
		w.speak(hall)
		c.wantEnd("slow_reader", clientv1.CloseSlowReader)
		w.set(func() {
			if w.slow != 1 {
				t.Errorf("%d slow readers were counted", w.slow)
			}
		})
		c.Close()
	})
}

func TestASlowReaderOfAnswersIsSentAway(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		c.say("%s", send(1))
		c.change(func() { c.refuses = sock.ErrFull })
		w.submitted(1)[0].answer(1)
		c.wantEnd("slow_reader", clientv1.CloseSlowReader)
		c.Close()
	})
}

func TestWhoHasGoneIsNotSlow(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 0)
		c := w.enter("ann", "")
		c.change(func() { c.refuses = errors.Join(net.ErrClosed, errors.New("reset")) })
		w.speak(hall)
		c.say(`{"type":"ping"}`)
		c.wantOpen()
		w.set(func() {
			if w.slow != 0 {
				t.Errorf("%d slow readers were counted", w.slow)
			}
		})
		c.Close()
	})
}

func TestAGateThatLeavesSendsItsClientsElsewhere(t *testing.T) {
	run(t, func(w *world) {
		const window = 5 * time.Second
		plain, silent, resumed, unknown := w.enter("ann", ""), w.enter("ann", resume), w.enter("ann", resume), w.open()
		resumed.say(`{"type":"resume"}`)
		resumed.want(`{"type":"resume_response"}`)
		begun, done := time.Now(), make(chan struct{})
		go func() {
			defer close(done)
			w.gate.Drain(w.t.Context(), window)
		}()
		text := resumed.next()
		if !contains(text, `{"type":"reconnect"}`) || !hasKey(t, text, "after_ms") {
			t.Errorf("got %s", text)
		}
		resumed.wantOpen()
		late := w.connect(frame.TCPPlain)
		late.want(`{"type":"server_hello"}`)
		late.wantEnd("going_away", clientv1.CloseGoingAway)
		late.Close()
		time.Sleep(window + time.Second)
		for _, c := range []*client{plain, silent, resumed, unknown} {
			c.wantEnd("going_away", clientv1.CloseGoingAway)
			select {
			case <-done:
				t.Error("the gate has left before its clients")
			default:
			}
			c.Close()
		}
		<-done
		if took := time.Since(begun); took > window+time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestTheWindowIsMadeUseOf(t *testing.T) {
	run(t, func(w *world) {
		var clients []*client
		for range 50 {
			clients = append(clients, w.open())
		}
		ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
		defer cancel()
		go w.gate.Drain(ctx, 8*time.Second)
		time.Sleep(4500 * time.Millisecond) // half of them, with what they have as a grace
		synctest.Wait()
		gone := 0
		for _, c := range clients {
			c.change(func() {
				if c.ended {
					gone++
				}
			})
		}
		if gone < 5 || gone > 45 {
			t.Errorf("%d of 50 have gone after half of the time", gone)
		}
		<-ctx.Done() // it does not wait for ever
		for _, c := range clients {
			c.Close()
		}
	})
}

func TestAGateWithoutClientsLeavesAtOnce(t *testing.T) {
	run(t, func(w *world) {
		begun := time.Now()
		w.gate.Drain(w.t.Context(), time.Minute)
		if took := time.Since(begun); took != 0 {
			t.Errorf("it took %v", took)
		}
	})
}

func TestACloseEndsEverything(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 500)
		c := w.enter("ann", resume)
		c.change(func() { c.drained = make(chan struct{}) })
		c.say(`{"type":"resume","positions":{%q:0}}`, hall)
		c.want(`{"type":"resume_response"}`)
		if n := w.gate.Count(); n != 1 {
			t.Errorf("there are %d sessions", n)
		}
		c.Close() // while it is being brought up
		close(c.drained)
		w.speak(hall)
		w.join(attic)
		w.speak(attic)
		time.Sleep(time.Minute)
		for text := c.next(); text != nil; text = c.next() { // a page that was under way
			if !contains(text, `{"type":"message_received"}`) || contains(text, `{"seq":501}`) {
				t.Fatalf("got %s", text)
			}
		}
	})
}
