package wire_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/wire"
)

// publisher is a bus of which only the one side is used.
type publisher func(context.Context, []bus.Message) error

func (p publisher) Publish(ctx context.Context, msgs ...bus.Message) error { return p(ctx, msgs) }

func (publisher) Subscribe(string, bus.Handler) func() { panic("rooms hear nothing") }

var (
	ann  = id.User{UUID: id.New()}
	hall = id.Conversation{UUID: id.New()}
	at   = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
)

// made are the events of a room that was just made.
func made(w wire.Wire) ([]journal.Event, journal.UserEvent) {
	return []journal.Event{{Conversation: hall, Seq: 1, At: at, Actor: ann, Body: w.Joined(ann, journal.Owner, true)}},
		journal.UserEvent{User: ann, Seq: 5, At: at, Body: w.Added(hall, 1)}
}

func TestBothBellsAreRungAtOnce(t *testing.T) {
	var calls [][]bus.Message
	w := wire.Wire{Log: slog.New(slog.DiscardHandler), Bus: publisher(func(_ context.Context, msgs []bus.Message) error {
		calls = append(calls, msgs)
		return nil
	})}
	e, mine := made(w)
	w.Announce(t.Context(), e, mine)
	if len(calls) != 1 || len(calls[0]) != 2 {
		t.Fatalf("published %v", calls)
	}
	for topic, want := range map[string]*eventv1.Bell{
		"conversation." + hall.String(): {Head: 1, Events: []*eventv1.Event{{
			ConversationId: hall.Bytes(), Seq: 1, At: at.UnixMicro(), ActorId: ann.Bytes(),
			Body: &eventv1.Body{Kind: &eventv1.Body_MemberJoined{MemberJoined: &eventv1.MemberJoined{
				UserId: ann.Bytes(), Role: eventv1.Role_ROLE_OWNER, Created: true,
			}}},
		}}},
		"user." + ann.String(): {Head: 5, UserEvents: []*eventv1.UserEvent{{
			UserId: ann.Bytes(), Seq: 5, At: at.UnixMicro(),
			Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{ConversationAdded: &eventv1.ConversationAdded{
				ConversationId: hall.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, FirstSeq: 1,
			}}},
		}}},
	} {
		i := slices.IndexFunc(calls[0], func(m bus.Message) bool { return m.Topic == topic })
		if i < 0 {
			t.Fatalf("%s was not rung: %v", topic, calls)
		}
		got := &eventv1.Bell{}
		if err := proto.Unmarshal(calls[0][i].Data, got); err != nil || !proto.Equal(got, want) {
			t.Errorf("%s: got %v, %v", topic, got, err)
		}
	}
}

// TestBellIsRungThoughTheCallerIsGone: what was committed is announced.
func TestBellIsRungThoughTheCallerIsGone(t *testing.T) {
	rung := false
	w := wire.Wire{Log: slog.New(slog.DiscardHandler), Bus: publisher(func(ctx context.Context, _ []bus.Message) error {
		rung = ctx.Err() == nil
		return ctx.Err()
	})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e, _ := made(w)
	w.Announce(ctx, e)
	if !rung {
		t.Error("nobody hears of it")
	}
}

func TestDeadBusHoldsUpNobodyForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		w := wire.Wire{Log: slog.New(slog.NewTextHandler(&log, nil)), Bus: publisher(func(ctx context.Context, _ []bus.Message) error {
			<-ctx.Done()
			return errors.Join(errors.New("the bus is away"), ctx.Err())
		})}
		begin := time.Now()
		e, mine := made(w)
		w.Announce(t.Context(), e, mine)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("it took %v", took)
		}
		if !strings.Contains(log.String(), "the bus is away") {
			t.Errorf("logged %q", log.String())
		}
	})
}
