package rpc_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	"github.com/lair-chat/lair/services/presence/internal/memory"
	"github.com/lair-chat/lair/services/presence/internal/roster"
	"github.com/lair-chat/lair/services/presence/internal/rostertest"
	presencerpc "github.com/lair-chat/lair/services/presence/internal/rpc"
)

// tape is a bus that keeps what is published.
type tape struct {
	mu   sync.Mutex
	msgs []bus.Message
	err  error
}

func (b *tape) Publish(_ context.Context, msgs ...bus.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.msgs = append(b.msgs, msgs...)
	return b.err
}

func (*tape) Subscribe(string, bus.Handler) func() { panic("presence hears nothing") }

func setup() (*presencerpc.Server, *tape) {
	b := &tape{}
	return &presencerpc.Server{Roster: &roster.Roster{
		Registry: memory.New(rostertest.Expiry, time.Now),
		Announce: presencerpc.Announcer{Bus: b},
		Expiry:   rostertest.Expiry,
		Log:      slog.New(slog.DiscardHandler),
	}}, b
}

func as(t *testing.T, role string) context.Context {
	t.Helper()
	return rpc.WithPeer(t.Context(), role)
}

func raw(users []id.User) (ids [][]byte) {
	for _, u := range users {
		ids = append(ids, u.Bytes())
	}
	return ids
}

func TestReportRenewOnline(t *testing.T) {
	s, b := setup()
	u := raw(rostertest.Users(4))
	_, err1 := s.Report(as(t, "gateway"), &presencev1.ReportRequest{Pod: "a", Arrived: u[:2]})
	_, err2 := s.Renew(as(t, "gateway"), &presencev1.RenewRequest{Pod: "a", UserIds: u[:3]})
	_, err3 := s.Report(as(t, "gateway"), &presencev1.ReportRequest{Pod: "a", Departed: u[1:2]})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	some, err1 := s.Online(as(t, "room"), &presencev1.OnlineRequest{UserIds: u[1:]})
	all, err2 := s.Online(as(t, "auth"), &presencev1.OnlineRequest{Limit: 10})
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if some.GetTotal() != 2 || len(some.GetUserIds()) != 1 || id.UUID(some.GetUserIds()[0]) != id.UUID(u[2]) {
		t.Errorf("some are %v", some)
	}
	if all.GetTotal() != 2 || len(all.GetUserIds()) != 2 {
		t.Errorf("all are %v", all)
	}

	want := []*eventv1.Presence{
		{Changes: []*eventv1.PresenceChange{{UserId: u[0], Online: true}, {UserId: u[1], Online: true}}},
		{Changes: []*eventv1.PresenceChange{{UserId: u[2], Online: true}}},
		{Changes: []*eventv1.PresenceChange{{UserId: u[1]}}},
	}
	if len(b.msgs) != len(want) {
		t.Fatalf("%d messages", len(b.msgs))
	}
	for i, m := range b.msgs {
		var got eventv1.Presence
		if err := proto.Unmarshal(m.Data, &got); err != nil || m.Topic != "presence" || !proto.Equal(&got, want[i]) {
			t.Errorf("on %s: %v, %v; want %v", m.Topic, &got, err, want[i])
		}
	}
}

func TestLargeAnnouncementsAreSplit(t *testing.T) {
	s, b := setup()
	u := raw(rostertest.Users(2500))
	if _, err := s.Report(as(t, "gateway"), &presencev1.ReportRequest{Pod: "a", Arrived: u}); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range b.msgs {
		var got eventv1.Presence
		if err := proto.Unmarshal(m.Data, &got); err != nil || len(m.Data) > 32<<10 {
			t.Fatalf("%d bytes, %v", len(m.Data), err)
		}
		n += len(got.GetChanges())
	}
	if len(b.msgs) != 3 || n != len(u) {
		t.Errorf("%d changes in %d messages", n, len(b.msgs))
	}
}

func TestTyping(t *testing.T) {
	s, b := setup()
	u, c := rostertest.Users(2), id.Conversation{UUID: id.New()}
	ctx := rpc.WithActor(as(t, "gateway"), rpc.Actor{User: u[0]})
	other := rpc.WithActor(as(t, "gateway"), rpc.Actor{User: u[1]})
	_, err1 := s.Typing(ctx, &presencev1.TypingRequest{ConversationId: c.Bytes(), RecipientId: u[1].Bytes()})
	_, err2 := s.Typing(ctx, &presencev1.TypingRequest{ConversationId: c.Bytes()})
	_, err3 := s.Typing(other, &presencev1.TypingRequest{ConversationId: c.Bytes()})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	want := []*eventv1.Typing{
		{ConversationId: c.Bytes(), UserId: u[0].Bytes(), RecipientId: u[1].Bytes()},
		{ConversationId: c.Bytes(), UserId: u[1].Bytes()},
	}
	if len(b.msgs) != len(want) {
		t.Fatalf("%d messages", len(b.msgs))
	}
	for i, m := range b.msgs {
		var got eventv1.Bell
		if err := proto.Unmarshal(m.Data, &got); err != nil || m.Topic != "conversation."+c.String() ||
			!proto.Equal(&got, &eventv1.Bell{Typing: want[i]}) {
			t.Errorf("on %s: %v, %v; want %v", m.Topic, &got, err, want[i])
		}
	}
	b.err = errors.New("bus")
	next := id.Conversation{UUID: id.New()}
	_, err := s.Typing(ctx, &presencev1.TypingRequest{ConversationId: next.Bytes()})
	if fault.CodeOf(err) != "unavailable" {
		t.Errorf("got %v", err)
	}
}

func TestOnlyWhoMay(t *testing.T) {
	s, b := setup()
	u := rostertest.Users(1)
	typing := &presencev1.TypingRequest{ConversationId: u[0].Bytes()}
	call := map[string]func(context.Context) error{
		"Report": func(ctx context.Context) error {
			_, err := s.Report(ctx, &presencev1.ReportRequest{Pod: "a", Arrived: raw(u)})
			return err
		},
		"Renew": func(ctx context.Context) error {
			_, err := s.Renew(ctx, &presencev1.RenewRequest{Pod: "a", UserIds: raw(u)})
			return err
		},
		"Typing": func(ctx context.Context) error { _, err := s.Typing(ctx, typing); return err },
		"Online": func(ctx context.Context) error {
			_, err := s.Online(ctx, &presencev1.OnlineRequest{Limit: 1})
			return err
		},
	}
	for name, f := range call {
		for _, role := range []string{"", "room"} {
			if name == "Online" && role != "" {
				continue
			}
			ctx := rpc.WithActor(as(t, role), rpc.Actor{User: u[0]})
			if err := f(ctx); fault.CodeOf(err) != "permission_denied" {
				t.Errorf("%s as %q: %v", name, role, err)
			}
		}
	}
	if err := call["Typing"](as(t, "gateway")); fault.CodeOf(err) != "invalid_token" {
		t.Errorf("Typing without an actor: %v", err)
	}
	if len(b.msgs) != 0 {
		t.Error("a refused call was announced")
	}
}

func TestBadIds(t *testing.T) {
	s, _ := setup()
	ctx := rpc.WithActor(as(t, "gateway"), rpc.Actor{User: rostertest.Users(1)[0]})
	bad, good := []byte("short"), raw(rostertest.Users(1))
	list := append(slices.Clone(good), bad)
	_, err1 := s.Report(ctx, &presencev1.ReportRequest{Pod: "a", Arrived: list})
	_, err2 := s.Report(ctx, &presencev1.ReportRequest{Pod: "a", Departed: list})
	_, err3 := s.Renew(ctx, &presencev1.RenewRequest{Pod: "a", UserIds: list})
	_, err4 := s.Online(ctx, &presencev1.OnlineRequest{UserIds: list})
	_, err5 := s.Online(ctx, &presencev1.OnlineRequest{Limit: 1 << 31})
	_, err6 := s.Typing(ctx, &presencev1.TypingRequest{ConversationId: bad})
	_, err7 := s.Typing(ctx, &presencev1.TypingRequest{ConversationId: good[0], RecipientId: bad})
	_, err8 := s.Report(ctx, &presencev1.ReportRequest{Arrived: good})
	for i, err := range []error{err1, err2, err3, err4, err5, err6, err7, err8} {
		if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != "validation_failed" {
			t.Errorf("%d: %v", i+1, err)
		}
	}
}
