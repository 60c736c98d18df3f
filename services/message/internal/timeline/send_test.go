package timeline_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// store knows one room and takes whatever is committed.
type store struct {
	timeline.Store
	journal.Reader

	mu     sync.Mutex
	asked  int // for heads
	opened []journal.Member
	err    error // of the next look-up
}

func (s *store) Journal() journal.Reader { return s }

func (s *store) Head(_ context.Context, c id.Conversation) (journal.Head, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if err := s.err; err != nil {
		s.err = nil
		return journal.Head{}, err
	}
	if c != hall.Conversation() {
		return journal.Head{}, journal.ErrNoConversation
	}
	return journal.Head{Conversation: c, Kind: journal.Room}, nil
}

func (*store) First(context.Context) (int64, error) { return 1, nil }

func (s *store) OpenDirect(_ context.Context, _ id.Conversation, members []journal.Member, events []*journal.UserEvent) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.err; err != nil {
		s.err = nil
		return false, err
	}
	s.opened = append(s.opened, members...)
	return len(events) > 0, nil
}

func (s *store) Commit(_ context.Context, drafts []*timeline.Draft, _ time.Time) ([]timeline.Outcome, error) {
	outcomes := make([]timeline.Outcome, len(drafts))
	for i, d := range drafts {
		outcomes[i] = timeline.Outcome{Message: timeline.Message{ClientMsgID: d.ClientMsgID}, Fresh: true}
	}
	return outcomes, nil
}

// quiet is a wire and a stats that nobody hears.
type quiet struct {
	timeline.Wire
	opened int
}

func (*quiet) Added(_ id.Conversation, peer id.User, _ int64) []byte        { return peer.Bytes() }
func (*quiet) Sent([]timeline.Message)                                      {}
func (q *quiet) Opened(events []*journal.UserEvent)                         { q.opened += len(events) }
func (*quiet) Committed(context.Context, int, time.Duration, time.Duration) {}

func start(t *testing.T) (*timeline.Timeline, *store, *quiet) {
	t.Helper()
	s, q := &store{}, &quiet{}
	line := timeline.New(timeline.Needs{Store: s, Wire: q, Now: time.Now, Log: slog.New(slog.DiscardHandler), Stats: q})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- line.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return line, s, q
}

func send(t *testing.T, line *timeline.Timeline, d *timeline.Draft) error {
	t.Helper()
	done := make(chan error, 1)
	line.Send(t.Context(), d, func(_ timeline.Message, err error) { done <- err })
	return <-done
}

func TestDraftsThatCanNeverBeMessagesAreRefused(t *testing.T) {
	line, s, _ := start(t)
	for name, test := range map[string]struct {
		change func(*timeline.Draft)
		code   string
	}{
		"Good":         {func(*timeline.Draft) {}, ""},
		"LongestID":    {func(d *timeline.Draft) { d.ClientMsgID = strings.Repeat("a", timeline.MaxClientMsgID) }, ""},
		"Longest":      {func(d *timeline.Draft) { d.Content = []byte(strings.Repeat("ü", timeline.MaxContent/2)) }, ""},
		"Untrimmed":    {func(d *timeline.Draft) { d.Content = []byte(" x\n") }, ""},
		"NoAuthor":     {func(d *timeline.Draft) { d.Author = id.User{} }, "invalid_token"},
		"NoTarget":     {func(d *timeline.Draft) { d.Room = id.Room{} }, "validation_failed"},
		"TwoTargets":   {func(d *timeline.Draft) { d.Recipient = bob }, "validation_failed"},
		"NoID":         {func(d *timeline.Draft) { d.ClientMsgID = "" }, "validation_failed"},
		"LongID":       {func(d *timeline.Draft) { d.ClientMsgID = strings.Repeat("a", timeline.MaxClientMsgID+1) }, "validation_failed"},
		"ZeroInID":     {func(d *timeline.Draft) { d.ClientMsgID = "a\x00" }, "validation_failed"},
		"BytesInID":    {func(d *timeline.Draft) { d.ClientMsgID = "\xff" }, "validation_failed"},
		"OtherType":    {func(d *timeline.Draft) { d.ContentType = "text/html" }, "content_invalid"},
		"TooLong":      {func(d *timeline.Draft) { d.Content = make([]byte, timeline.MaxContent+1) }, "content_invalid"},
		"Zero":         {func(d *timeline.Draft) { d.Content = []byte("a\x00b") }, "content_invalid"},
		"NotUTF8":      {func(d *timeline.Draft) { d.Content = []byte("a\xff") }, "content_invalid"},
		"Empty":        {func(d *timeline.Draft) { d.Content = nil }, "content_invalid"},
		"OnlyBlanks":   {func(d *timeline.Draft) { d.Content = []byte(" \t\n\u2003") }, "content_invalid"},
		"RoomNotThere": {func(d *timeline.Draft) { d.Room = den }, "not_room_member"},
	} {
		d := say(hall, ann, "a", "x")
		test.change(d)
		if err := send(t, line, d); fault.CodeOf(err) != test.code {
			t.Errorf("%s: got %v, want %q", name, err, test.code)
		}
	}
	if s.asked != 2 {
		t.Errorf("%d look-ups, though a room that is there stays", s.asked)
	}
}

func TestDirectConversationIsOpenedByItsFirstMessage(t *testing.T) {
	line, s, q := start(t)
	for _, d := range []*timeline.Draft{tell(ann, bob, "a"), tell(bob, ann, "b"), tell(ann, ann, "c")} {
		if err := send(t, line, d); err != nil {
			t.Error(err)
		}
	}
	if len(s.opened) != 3 || q.opened != 3 {
		t.Fatalf("opened for %+v, %d were told", s.opened, q.opened)
	}
	peers := map[id.User]id.User{s.opened[0].User: s.opened[0].Peer, s.opened[1].User: s.opened[1].Peer}
	if peers[ann] != bob || peers[bob] != ann || s.opened[2].User != ann || s.opened[2].Peer != ann {
		t.Errorf("opened for %+v", s.opened)
	}
}

// TestTroubleBeforeTheCommitIsToldAsSuch: whoever sends may try again, which it
// would not if it was told of an internal error.
func TestTroubleBeforeTheCommitIsToldAsSuch(t *testing.T) {
	line, s, _ := start(t)
	for _, d := range []*timeline.Draft{say(hall, ann, "a", "x"), tell(ann, bob, "a")} {
		s.err = errors.New("connection refused")
		if err := send(t, line, d); fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "unavailable" {
			t.Errorf("got %v", err)
		}
		if err := send(t, line, d); err != nil {
			t.Errorf("the second time: %v", err)
		}
	}
	s.err = fault.New(fault.NotFound, "user_not_found", "there is no such user")
	if err := send(t, line, tell(ann, id.User{UUID: id.New()}, "a")); fault.CodeOf(err) != "user_not_found" {
		t.Errorf("got %v", err)
	}
}
