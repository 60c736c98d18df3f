package timeline

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lair-chat/lair/pkg/id"
)

// TestBacklogKeepsEveryLine lets conversations be blocked and free again while
// drafts arrive, in batches so small that lines are cut.
func TestBacklogKeepsEveryLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const rooms, bound = 4, 3
		b := newBacklog()
		var arrived, answered [rooms][]*pending
		number := make(map[id.Conversation]int)
		conversations := make([]id.Conversation, rooms)
		for i := range conversations {
			conversations[i] = id.Conversation{UUID: id.New()}
			number[conversations[i]] = i
		}
		turn := func(free func(int) bool) int {
			batch := b.next(bound)
			if len(batch) > bound {
				t.Fatalf("a batch of %d", len(batch))
			}
			for _, p := range batch {
				if n := number[p.conversation]; free(n) {
					p.answer(Message{}, nil)
					answered[n] = append(answered[n], p)
				}
			}
			b.settle(batch)
			return len(batch)
		}
		for range rapid.IntRange(1, 30).Draw(t, "turns") {
			var list []*pending
			for _, n := range rapid.SliceOfN(rapid.IntRange(0, rooms-1), 0, 8).Draw(t, "arrive") {
				p := &pending{conversation: conversations[n], done: func(Message, error) {}}
				list = append(list, p)
				arrived[n] = append(arrived[n], p)
			}
			b.add(list)
			free := rapid.SliceOfN(rapid.Bool(), rooms, rooms).Draw(t, "free")
			turn(func(n int) bool { return free[n] })
		}
		for turn(func(int) bool { return true }) > 0 {
			continue
		}
		for n := range rooms {
			if !slices.Equal(arrived[n], answered[n]) {
				t.Errorf("%d of %d drafts of room %d were answered, or in another order", len(answered[n]), len(arrived[n]), n)
			}
		}
	})
}

// TestBlockedRoomsTakeOnePlaceEach, so that there is one for others.
func TestBlockedRoomsTakeOnePlaceEach(t *testing.T) {
	b := newBacklog()
	hall, den := id.Conversation{UUID: id.New()}, id.Conversation{UUID: id.New()}
	list := func(c id.Conversation, n int) (list []*pending) {
		for range n {
			list = append(list, &pending{conversation: c, done: func(Message, error) {}})
		}
		return list
	}
	crowd, others := list(hall, 10), list(den, 3)
	b.add(crowd)
	b.settle(b.next(4))
	b.add(others)
	batch := b.next(4)
	if !slices.Equal(batch, []*pending{crowd[0], others[0], others[1], others[2]}) {
		t.Errorf("a batch of %d", len(batch))
	}
}

func TestLineIsGivenUpAsAWhole(t *testing.T) {
	b := newBacklog()
	hall, den, now := id.Conversation{UUID: id.New()}, id.Conversation{UUID: id.New()}, time.Now()
	first := &pending{conversation: hall, giveUp: now, reason: ErrHeld}
	second := &pending{conversation: hall, giveUp: now.Add(time.Hour)}
	other := &pending{conversation: den, giveUp: now}
	b.add([]*pending{first, second})
	b.settle(b.next(1))
	b.add([]*pending{other}) // is tried at least once
	if late := b.expire(now); len(late) != 0 {
		t.Errorf("%d were given up too early", len(late))
	}
	if late := b.expire(now.Add(1)); !slices.Equal(late, []*pending{first, second}) || !errors.Is(second.reason, ErrHeld) {
		t.Errorf("%d were given up", len(late))
	}
	if batch := b.next(9); !slices.Equal(batch, []*pending{other}) {
		t.Errorf("%d are left", len(batch))
	}
}
