package session_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

// send is a command that sends to the hall.
func send(request int) string {
	return fmt.Sprintf(`{"type":"send_message","request_id":"%d","target":{"type":"room","room_id":%q},"content":"%d"}`, request, hall, request)
}

func TestASendIsHandedOn(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		c.say(`{"type":"send_message","request_id":"m1","client_msg_id":"c1","target":{"type":"room","room_id":%q},"content":"hi"}`, hall)
		c.say(`{"type":"send_message","client_msg_id":"c2","target":{"type":"dm","recipient":%q},"content":"psst"}`, bob)
		want := []*messagev1.Draft{
			{
				UserId: ann.Bytes(), SessionId: annLogin.Bytes(), ClientMsgId: "c1", ContentType: "text/plain", Content: []byte("hi"),
				Target: &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: hall.Bytes()}}, SentAt: time.Now().UnixMicro(),
			},
			{
				UserId: ann.Bytes(), SessionId: annLogin.Bytes(), ClientMsgId: "c2", ContentType: "text/plain", Content: []byte("psst"),
				Target: &messagev1.Target{To: &messagev1.Target_UserId{UserId: bob.Bytes()}}, SentAt: time.Now().UnixMicro(),
			},
		}
		sends := w.submitted(2)
		for i, s := range sends {
			if d := cmp.Diff(want[i], s.req, protocmp.Transform()); d != "" {
				t.Error(d)
			}
		}
		if sends[0].key != sends[1].key {
			t.Error("the sends of one connection have two keys")
		}
		c.wantNothing()
		sends[0].answer(7)
		c.want(`{"type":"send_message_response","request_id":"m1","success":true,"error":null,"message":{"content":"hi","seq":7}}`)
		sends[1].done(clientv1.Message{}, fault.New(fault.NotFound, "user_not_found", "no"))
		c.want(`{"type":"send_message_response","success":false,"error":{"code":"user_not_found"},"message":null}`)
		w.set(func() {
			if w.sent != 1 {
				t.Errorf("%d sends were counted", w.sent)
			}
		})
		c.Close()
	})
}

func TestASendWithoutAnIDGetsOneOfItsOwn(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		c.say("%s", send(1))
		c.say("%s", send(1))
		sends := w.submitted(2)
		one, two := sends[0].req.GetClientMsgId(), sends[1].req.GetClientMsgId()
		if _, err := id.Parse(one); err != nil || one == two {
			t.Errorf("the ids are %q and %q", one, two)
		}
		sends[0].answer(1)
		sends[1].answer(2)
		c.Close()
	})
}

func TestConnectionsHaveDifferentKeys(t *testing.T) {
	run(t, func(w *world) {
		a, b := w.enter("ann", ""), w.enter("bob", "")
		a.say("%s", send(1))
		b.say("%s", send(2))
		sends := w.submitted(2)
		if sends[0].key == sends[1].key {
			t.Error("two connections have one key")
		}
		sends[0].answer(1)
		sends[1].answer(2)
		a.Close()
		b.Close()
	})
}

func TestAnswersComeInTheOrderOfTheCommands(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		for i := range 4 {
			c.say("%s", send(i))
		}
		later := make(chan struct{})
		go func() {
			defer close(later)
			c.say(`{"type":"ping"}`)
			c.say(`{"type":"dance","request_id":"x"}`)
			c.say("%s", send(4))
			c.say("%s", send(5))
			c.say(`{"type":"get_current_user","request_id":"y"}`)
		}()
		sends := w.submitted(4)
		sends[2].answer(3)
		sends[1].answer(2)
		c.wantNothing()
		sends[0].answer(1)
		for i := range 3 {
			c.want(fmt.Sprintf(`{"request_id":"%d","message":{"seq":%d}}`, i, i+1))
		}
		c.wantNothing() // the ping waits for the last send
		sends[3].answer(4)
		c.want(`{"request_id":"3"}`)
		c.want(`{"type":"pong"}`)
		c.want(`{"type":"error","request_id":"x"}`)
		sends = w.submitted(6)
		sends[5].answer(6)
		c.wantNothing()
		sends[4].answer(5)
		c.want(`{"request_id":"4"}`)
		c.want(`{"request_id":"5"}`)
		c.want(`{"type":"get_current_user_response","request_id":"y"}`)
		<-later
		c.Close()
	})
}

func TestAnswersFromManyGoroutinesKeepTheirOrder(t *testing.T) {
	run(t, func(w *world) {
		const n = 500
		c := w.enter("ann", "")
		var g sync.WaitGroup
		g.Go(func() {
			for i := range n {
				c.say("%s", send(i))
			}
			c.say(`{"type":"ping"}`)
		})
		for answered := 0; answered < n; {
			synctest.Wait()
			w.mu.Lock()
			batch := w.sends[answered:]
			answered = len(w.sends)
			w.mu.Unlock()
			batch = append([]*submitted(nil), batch...)
			rand.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
			for i, s := range batch {
				g.Go(func() { s.answer(int64(i)) })
			}
		}
		g.Wait()
		for i := range n {
			c.want(fmt.Sprintf(`{"request_id":"%d","message":{"content":"%d"}}`, i, i))
		}
		c.want(`{"type":"pong"}`)
		c.wantNothing()
		c.Close()
	})
}

func TestNothingIsReadWhileTooManySendsAreUnanswered(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		read := make(chan struct{})
		go func() {
			defer close(read)
			for i := range 70 {
				c.say("%s", send(i))
			}
		}()
		sends := w.submitted(64)
		sends[5].answer(1) // not the first: it still has its place
		w.submitted(64)
		for _, s := range sends[:5] {
			s.answer(1)
		}
		for _, s := range w.submitted(70)[6:] {
			s.answer(1)
		}
		<-read
		for i := range 70 {
			c.want(fmt.Sprintf(`{"request_id":"%d"}`, i))
		}
		c.Close()
	})
}

func TestAnAnswerAfterTheEndIsHarmless(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		c.say("%s", send(1))
		c.End(nil, 0)
		c.Close()
		w.submitted(1)[0].answer(1)
		c.wantNothing()
		w.set(func() {
			if w.slow != 0 {
				t.Error("a client that has gone was called slow")
			}
		})
	})
}
