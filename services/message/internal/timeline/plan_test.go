package timeline_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

var (
	at       = time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	ann, bob = id.User{UUID: id.New()}, id.User{UUID: id.New()}
	hall     = id.Room{UUID: id.New()}
	den      = id.Room{UUID: id.New()}
	pair     = id.Direct(ann, bob)
)

func say(r id.Room, u id.User, name, text string) *timeline.Draft {
	return &timeline.Draft{Author: u, Room: r, ClientMsgID: name, ContentType: timeline.Text, Content: []byte(text)}
}

func tell(from, to id.User, name string) *timeline.Draft {
	return &timeline.Draft{Author: from, Recipient: to, ClientMsgID: name, ContentType: timeline.Text, Content: []byte("hi")}
}

// state has ann and bob in the hall, whose newest event is 7, and in their
// direct conversation, which is empty.
func state() timeline.State {
	s := timeline.NewState()
	s.Heads[hall.Conversation()] = &journal.Head{Conversation: hall.Conversation(), Kind: journal.Room, Seq: 7, First: 1}
	s.Heads[pair] = &journal.Head{Conversation: pair, Kind: journal.Direct, First: 1}
	for _, u := range []id.User{ann, bob} {
		for _, c := range []id.Conversation{hall.Conversation(), pair} {
			s.Members[journal.Place{Conversation: c, User: u}] = journal.Member{
				Conversation: c, User: u, Role: journal.Plain, JoinedAt: at, JoinedSeq: 1,
			}
		}
	}
	return s
}

// member changes the row of ann in the hall.
func member(s timeline.State, change func(*journal.Member)) {
	place := journal.Place{Conversation: hall.Conversation(), User: ann}
	m := s.Members[place]
	change(&m)
	s.Members[place] = m
}

// sent makes what the draft says the message with the seq.
func sent(s timeline.State, d *timeline.Draft, seq int64) timeline.Message {
	m := timeline.Message{
		ID: id.Message{UUID: id.New()}, Conversation: d.Conversation(), Seq: seq, Author: d.Author,
		ClientMsgID: d.ClientMsgID, ContentType: d.ContentType, Content: d.Content, Digest: d.Digest(), CreatedAt: at,
	}
	s.Sent[timeline.Sent{
		Place: journal.Place{Conversation: m.Conversation, User: m.Author}, ClientMsgID: m.ClientMsgID,
	}] = m
	return m
}

func TestWhoMayNotWriteIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(timeline.State)
		code   string
	}{
		"Member":      {func(timeline.State) {}, ""},
		"Stranger":    {func(s timeline.State) { clear(s.Members) }, "not_room_member"},
		"Left":        {func(s timeline.State) { member(s, func(m *journal.Member) { m.LeftSeq = 5 }) }, "not_room_member"},
		"Deleted":     {func(s timeline.State) { s.Heads[hall.Conversation()].Deleted = true }, "not_room_member"},
		"Muted":       {func(s timeline.State) { member(s, func(m *journal.Member) { m.MutedUntil = at.Add(1) }) }, "permission_denied"},
		"NoMoreMuted": {func(s timeline.State) { member(s, func(m *journal.Member) { m.MutedUntil = at }) }, ""},
		"Moderated":   {func(s timeline.State) { s.Heads[hall.Conversation()].Moderated = true }, "permission_denied"},
		"Moderator": {func(s timeline.State) {
			s.Heads[hall.Conversation()].Moderated = true
			member(s, func(m *journal.Member) { m.Role = journal.Moderator })
		}, ""},
		"MutedModerator": {func(s timeline.State) {
			member(s, func(m *journal.Member) { m.Role, m.MutedUntil = journal.Moderator, at.Add(time.Hour) })
		}, "permission_denied"},
		"Held":           {func(s timeline.State) { clear(s.Heads) }, "busy"},
		"BlockedInARoom": {func(s timeline.State) { s.Blocks[journal.Block{By: bob, User: ann}] = true }, ""},
	} {
		s := state()
		test.change(s)
		o := timeline.Plan([]*timeline.Draft{say(hall, ann, "a", "x")}, s, at)[0]
		if fault.CodeOf(o.Err) != test.code || o.Fresh != (test.code == "") || (o.Message.Seq == 8) != o.Fresh {
			t.Errorf("%s: got %+v, want %q", name, o, test.code)
		}
	}
}

func TestBlockStopsOneDirection(t *testing.T) {
	s := state()
	s.Blocks[journal.Block{By: bob, User: ann}] = true
	outcomes := timeline.Plan([]*timeline.Draft{tell(ann, bob, "a"), tell(bob, ann, "b"), tell(ann, bob, "c")}, s, at)
	for _, i := range []int{0, 2} {
		if fault.CodeOf(outcomes[i].Err) != "user_blocked" || outcomes[i].Fresh {
			t.Errorf("got %+v", outcomes[i])
		}
	}
	if o := outcomes[1]; o.Err != nil || o.Message.Seq != 1 || o.Message.Recipient != ann {
		t.Errorf("got %+v", o)
	}
}

func TestMessageHasAllThatTheDraftSays(t *testing.T) {
	d := say(hall, ann, "a", "x")
	got := timeline.Plan([]*timeline.Draft{d}, state(), at)[0].Message
	want := timeline.Message{
		ID: got.ID, Conversation: hall.Conversation(), Seq: 8, Author: ann, ClientMsgID: "a",
		ContentType: timeline.Text, Content: []byte("x"), Digest: d.Digest(), CreatedAt: at,
	}
	if diff := cmp.Diff(want, got); diff != "" || got.ID.IsZero() {
		t.Errorf("id %v: %s", got.ID, diff)
	}
}

func TestRepeatIsTheFirstMessage(t *testing.T) {
	for name, change := range map[string]func(timeline.State){
		"Member": func(timeline.State) {},
		// The answer got lost, then the author lost the right to write: the
		// message is there all the same.
		"Left":      func(s timeline.State) { member(s, func(m *journal.Member) { m.LeftSeq = 7 }) },
		"Muted":     func(s timeline.State) { member(s, func(m *journal.Member) { m.MutedUntil = at.Add(time.Hour) }) },
		"Moderated": func(s timeline.State) { s.Heads[hall.Conversation()].Moderated = true },
	} {
		s, d := state(), say(hall, ann, "a", "x")
		first := sent(s, d, 3)
		change(s)
		outcomes := timeline.Plan([]*timeline.Draft{d, say(hall, ann, "a", "y"), say(hall, bob, "a", "y")}, s, at)
		if diff := cmp.Diff(timeline.Outcome{Message: first}, outcomes[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if o := outcomes[1]; fault.CodeOf(o.Err) != "client_msg_id_reused" || o.Fresh || !o.Message.ID.IsZero() {
			t.Errorf("%s: other content: %+v", name, o)
		}
		if o := outcomes[2]; name != "Moderated" && (!o.Fresh || o.Message.Seq != 8) {
			t.Errorf("%s: another author: %+v", name, o)
		}
	}
}

func TestRepeatOfAnEditedMessageIsItsPresentForm(t *testing.T) {
	s, d := state(), say(hall, ann, "a", "x")
	first := sent(s, d, 3)
	first.Content, first.DeletedAt = nil, at
	s.Sent[timeline.Sent{Place: journal.Place{Conversation: hall.Conversation(), User: ann}, ClientMsgID: "a"}] = first
	o := timeline.Plan([]*timeline.Draft{d}, s, at)[0]
	if diff := cmp.Diff(timeline.Outcome{Message: first}, o); diff != "" {
		t.Error(diff)
	}
}

// TestBatchLeavesNoHole: refusals and repeats take no seq.
func TestBatchLeavesNoHole(t *testing.T) {
	s := state()
	outcomes := timeline.Plan([]*timeline.Draft{
		say(hall, ann, "a", "1"),
		say(hall, id.User{UUID: id.New()}, "a", "2"), // a stranger
		say(hall, bob, "a", "3"),
		say(hall, ann, "a", "1"), // a repeat
		say(hall, ann, "a", "4"), // another content
		say(den, ann, "a", "5"),  // held
		tell(ann, bob, "a"),
		say(hall, ann, "b", "6"),
		tell(bob, ann, "a"),
	}, s, at)
	for i, want := range []struct {
		seq  int64
		code string
	}{
		{8, ""}, {0, "not_room_member"}, {9, ""}, {8, ""}, {0, "client_msg_id_reused"}, {0, "busy"}, {1, ""}, {10, ""}, {2, ""},
	} {
		if o := outcomes[i]; o.Message.Seq != want.seq || fault.CodeOf(o.Err) != want.code {
			t.Errorf("draft %d: got %+v, want %+v", i, o, want)
		}
	}
	if outcomes[3].Fresh || outcomes[3].Message.ID != outcomes[0].Message.ID {
		t.Errorf("the repeat is %+v", outcomes[3])
	}
	if head := s.Heads[hall.Conversation()]; head.Seq != 7 {
		t.Errorf("the plan moved the head to %d", head.Seq)
	}
}
