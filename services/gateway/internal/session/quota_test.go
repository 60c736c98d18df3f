package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/limit"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// limited sets how often clients may do what.
func (w *world) limited(r quota.Rules) {
	w.quota = quota.New(limit.NewMemory(time.Now), r)
	w.gate = w.newGate()
}

func TestSendsPastTheLimitAreRefusedInTheirTurn(t *testing.T) {
	run(t, func(w *world) {
		w.limited(quota.Rules{Messages: limit.Rule{Name: "m", PerMinute: 30, Burst: 2}})
		c := w.enter("ann", "")
		for i := range 3 {
			c.say("%s", send(i))
		}
		sends := w.submitted(2)
		c.wantNothing() // those before it have no answer yet
		sends[0].answer(1)
		sends[1].answer(2)
		c.want(`{"request_id":"0","success":true}`)
		c.want(`{"request_id":"1","success":true}`)
		c.want(`{"type":"send_message_response","request_id":"2","success":false,"error":{"code":"rate_limited","retry_after":2,"details":null}}`)
		c.say(`{"type":"get_current_user"}`)
		c.want(`{"success":true}`)
		<-time.After(2 * time.Second)
		c.say("%s", send(3))
		w.submitted(3)[2].done(clientv1.Message{}, nil)
		c.want(`{"request_id":"3","success":true}`)

		other := w.enter("ann", "") // the same user by another connection
		other.say("%s", send(4))
		other.want(`{"request_id":"4","error":{"code":"rate_limited"}}`)
		bob := w.enter("bob", "")
		bob.say("%s", send(5))
		w.submitted(4)[3].done(clientv1.Message{}, nil)
		bob.want(`{"request_id":"5","success":true}`)
		for _, c := range []*client{c, other, bob} {
			c.Close()
		}
	})
}

func TestLoginsPastTheLimitAreNotTried(t *testing.T) {
	run(t, func(w *world) {
		w.limited(quota.Rules{Auth: limit.Rule{Name: "a", PerMinute: 6, Burst: 1}})
		for _, command := range []string{
			`{"type":"login","request_id":"%s","identifier":"ann","password":"x"}`,
			`{"type":"register","request_id":"%s","username":"ann","email":"a@b","password":"x"}`,
		} {
			c := w.open()
			c.say(`{"type":"client_hello","version":"1.0"}`)
			c.say(command, "1")
			c.want(`{"request_id":"1","success":false}`) // nobody plays auth
			c.say(command, "2")
			c.want(`{"request_id":"2","success":false,"error":{"code":"rate_limited","retry_after":10}}`)
			c.say(`{"type":"ping"}`)
			c.want(`{"type":"pong"}`)
			c.Close()
			<-time.After(10 * time.Second)
		}
	})
}

func TestOtherCommandsAreCounted(t *testing.T) {
	run(t, func(w *world) {
		w.limited(quota.Rules{
			Address: limit.Rule{Name: "a", PerMinute: 4}, User: limit.Rule{Name: "u", PerMinute: 3},
		})
		c := w.open()
		c.say(`{"type":"client_hello","version":"1.0"}`)
		for range 2 {
			c.say(`nonsense`)
			c.want(`{"type":"error","code":"invalid_message"}`)
			c.say(`{"type":"authenticate","token":"wrong"}`)
			c.want(`{"type":"authenticate_response","error":{"code":"invalid_token"}}`)
		}
		c.say(`nonsense`)
		c.want(`{"type":"error","code":"rate_limited","retry_after":15}`)
		c.say(`{"type":"authenticate","token":"wrong"}`)
		c.want(`{"type":"authenticate_response","error":{"code":"rate_limited","retry_after":15}}`)
		c.say(`{"type":"list_rooms","request_id":"x"}`)
		c.want(`{"type":"error","request_id":"x","code":"rate_limited"}`)
		c.say(`{"type":"authenticate","token":"ann"}`) // who is known counts for oneself
		c.want(`{"type":"authenticate_response","success":true}`)
		for range 2 {
			c.say(`{"type":"get_current_user"}`)
			c.want(`{"success":true}`)
		}
		c.say(`{"type":"get_current_user","request_id":"y"}`)
		c.want(`{"type":"get_current_user_response","request_id":"y","error":{"code":"rate_limited","retry_after":20}}`)
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.Close()
	})
}

func TestEveryCommandIsMeasured(t *testing.T) {
	run(t, func(w *world) {
		w.meter = map[string]int{}
		w.limited(quota.Rules{Messages: limit.Rule{Name: "m", PerMinute: 1}})
		c := w.enter("ann", "")
		c.say(`nonsense`)
		c.say(`{"type":"get_current_user"}`)
		c.say(`{"type":"create_room","name":"x"}`) // nobody plays room
		c.say(`{"type":"login","identifier":"ann","password":"x"}`)
		c.say(`{"type":"ping"}`)
		c.say("%s", send(1))
		c.say("%s", send(2))
		w.wantMeasured(map[string]int{
			"client_hello ok": 1, "authenticate ok": 1, "invalid invalid_message": 1, "get_current_user ok": 1,
			"create_room not_played": 1, "login invalid_state": 1, "ping ok": 1, "send_message rate_limited": 1,
		})
		w.submitted(1)[0].answer(1)
		c.last(`{"type":"logout"}`)
		w.wantMeasured(map[string]int{
			"client_hello ok": 1, "authenticate ok": 1, "invalid invalid_message": 1, "get_current_user ok": 1,
			"create_room not_played": 1, "login invalid_state": 1, "ping ok": 1, "send_message rate_limited": 1,
			"send_message ok": 1, "logout not_played": 1,
		})
		c.Close()
	})
}

// Command implements session.Meter.
func (w *world) Command(_ context.Context, kind, code string, _ time.Duration) {
	w.set(func() {
		if w.meter != nil {
			w.meter[kind+" "+code]++
		}
	})
}

func (w *world) wantMeasured(want map[string]int) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := cmp.Diff(want, w.meter); d != "" {
		w.t.Error(d)
	}
}

func TestAUserHasSoManyConnections(t *testing.T) {
	run(t, func(w *world) {
		w.maxPerUser = 2
		w.gate = w.newGate()
		one, two := w.enter("ann", ""), w.enter("ann", "")
		three := w.open()
		three.say(`{"type":"client_hello","version":"1.0"}`)
		three.last(`{"type":"authenticate","token":"ann"}`)
		three.wantEnd(clientv1.CodeCrowded, clientv1.CloseCrowded)
		three.Close()
		if w.crowded != 1 {
			t.Errorf("%d connections were too many, as stats heard", w.crowded)
		}
		bob := w.enter("bob", "")
		one.Close()
		again := w.enter("ann", "")
		w.gate.Revoke(annLogin)
		for _, c := range []*client{two, again} {
			c.want(`{"type":"error","code":"session_revoked"}`)
			c.Close()
		}
		bob.wantNothing()
		bob.Close()
	})
}
