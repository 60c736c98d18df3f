package session_test

import (
	"context"
	"testing"
	"testing/synctest"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/bus/membus"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// say publishes a notice.
func say(t *testing.T, b bus.Bus, n *eventv1.Notice) {
	t.Helper()
	data, err := proto.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(t.Context(), bus.Message{Topic: session.NoticeTopic, Data: data}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func TestNoticeReachesAllWhoAreLoggedIn(t *testing.T) {
	run(t, func(w *world) {
		b := membus.New()
		ctx, cancel := context.WithCancel(w.t.Context())
		done := make(chan error, 1)
		go func() { done <- w.gate.Notices(ctx, b) }()
		plain, silent, resumed, unknown := w.enter("ann", ""), w.enter("ann", resume), w.enter("bob", resume), w.open()
		resumed.say(`{"type":"resume"}`)
		resumed.want(`{"type":"resume_response"}`)
		synctest.Wait()

		n := &eventv1.Notice{Id: []byte("1"), Message: "Köln um 12 😀", Severity: "critical"}
		say(t, b, n)
		plain.want(`{"type":"server_notice","message":"K?ln um 12 ?","severity":"critical"}`)
		for _, c := range []*client{silent, resumed} { // also who has not resumed
			c.want(`{"type":"server_notice","message":"Köln um 12 😀","severity":"critical"}`)
		}
		unknown.wantNothing()

		say(t, b, n) // a repeat
		say(t, b, &eventv1.Notice{})
		if err := b.Publish(ctx, bus.Message{Topic: session.NoticeTopic, Data: []byte("?")}); err != nil {
			t.Error(err)
		}
		plain.wantNothing()
		plain.change(func() { plain.busy = true }) // it is not dropped as presence is
		resumed.change(func() { resumed.refuses = sock.ErrFull })
		say(t, b, &eventv1.Notice{Id: []byte("2"), Message: "now", Severity: "info"})
		plain.want(`{"type":"server_notice","message":"now","severity":"info"}`)
		resumed.wantEnd("slow_reader", clientv1.CloseSlowReader)
		for _, c := range []*client{plain, silent, resumed, unknown} {
			c.Close()
		}
		say(t, b, &eventv1.Notice{Id: []byte("3"), Message: "nobody", Severity: "info"})
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
