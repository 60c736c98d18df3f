package storetest

import (
	"context"
	"strconv"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/message/internal/timeline"
)

// Counted is a store whose statements are counted.
type Counted struct {
	Store
	// Take returns how many there were since the last call.
	Take func() int
	// Near says that the database is in the same process, where a statement for
	// each conversation is no journey.
	Near bool
}

// RunCounted checks that what is read in one go takes as many statements for a
// lot as for a little.
func RunCounted(t *testing.T, c Counted) {
	t.Helper()
	ann, bob := c.pair(t)
	hall, l := c.room(t, ann, bob), c.line()
	halls := []id.Conversation{hall.Conversation()}
	type read struct {
		rooms bool // of rooms, not of messages
		run   func(context.Context) (int, error)
	}
	reads := map[string]read{
		"Messages": {false, func(ctx context.Context) (int, error) {
			list, _, err := l.Messages(ctx, hall.Conversation(), bob, timeline.Bound{}, 1000)
			return len(list), err
		}},
		"Events": {false, func(ctx context.Context) (int, error) {
			page, err := l.Events(ctx, hall.Conversation(), bob, 2, 1000) // behind those who joined
			return len(page.Events), err
		}},
		"Conversations": {true, func(ctx context.Context) (int, error) {
			list, _, err := l.Conversations(ctx, bob)
			return len(list), err
		}},
		"Heads": {true, func(ctx context.Context) (int, error) {
			heads, _, err := l.Heads(ctx, halls, nil)
			return len(heads), err
		}},
		"ReadMarks": {true, func(ctx context.Context) (int, error) { marks, err := l.ReadMarks(ctx, ann); return len(marks), err }},
		"Unread": {true, func(ctx context.Context) (int, error) {
			if c.Near {
				return len(halls), nil
			}
			counts, err := l.Unread(ctx, bob)
			return len(counts), err
		}},
	}
	took := map[string]int{}
	for _, size := range []struct{ from, messages, rooms int }{{0, 10, 10}, {10, 1000, 200}} {
		var drafts []*timeline.Draft
		for i := size.from; i < size.messages; i++ {
			drafts = append(drafts, draft(hall, ann, strconv.Itoa(i), "x"))
		}
		for len(halls) < size.rooms {
			r := c.room(t, ann, bob)
			halls = append(halls, r.Conversation())
			drafts = append(drafts, draft(r, ann, "first", "x"))
		}
		for len(drafts) > 0 {
			n := min(len(drafts), 200)
			c.commit(t, drafts[:n]...)
			drafts = drafts[n:]
		}
		for _, h := range halls {
			if _, err := l.MarkRead(t.Context(), ann, h, 0); err != nil {
				t.Fatal(err)
			}
		}
		for name, r := range reads {
			c.Take()
			n, err := r.run(t.Context())
			statements := c.Take()
			want := size.messages
			if r.rooms {
				want = size.rooms
			}
			if err != nil || n != want {
				t.Errorf("%s has %d of %d, %v", name, n, want, err)
			}
			if first, ok := took[name]; ok && statements != first {
				t.Errorf("%s takes %d statements for 10, and %d for %d", name, first, statements, want)
			}
			took[name] = statements
		}
	}
}
