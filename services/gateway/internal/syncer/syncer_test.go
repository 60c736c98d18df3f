package syncer_test

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

type positions = map[id.Conversation]int64

func (p *place) key() hub.Key { return hub.Conversation(p.id) }

func TestFirstAnswerSaysWhereToStart(t *testing.T) {
	w := setup(t)
	a, b := w.join(5, 1), w.join(7, 3)
	gone := w.join(9, 1)
	gone.left = 4
	res := w.ask(nil, -1, 0)
	want := clientv1.SyncResult{
		Conversations: []clientv1.Conversation{
			{ID: a.id, Kind: "room", Seq: 5, After: 5}, {ID: b.id, Kind: "room", Seq: 7, After: 7}, {ID: gone.id, Kind: "room", Seq: 4, After: 4, Left: true},
		},
		Events: []any{}, Positions: positions{a.id: 5, b.id: 7}, UserSeq: 3,
	}
	if diff := cmp.Diff(want, res); diff != "" {
		t.Error(diff)
	}
	if w.asked != 0 {
		t.Errorf("%d pages were read", w.asked)
	}
}

func TestExactlyTheRestComes(t *testing.T) {
	w := setup(t)
	a, b, c := w.join(5, 1), w.join(7, 1), w.join(3, 1)
	res := w.ask(positions{a.id: 2, b.id: 7, c.id: 0}, 3, 0)
	w.want(res, a.key(), 3, 5)
	w.want(res, b.key(), 8, 7)
	w.want(res, c.key(), 1, 3)
	w.want(res, hub.User(w.who.User), 4, 3)
	if len(res.Events) != 6 || res.HasMore || res.UserSeq != 3 || !maps.Equal(res.Positions, positions{a.id: 5, b.id: 7, c.id: 3}) {
		t.Errorf("%+v", res)
	}
}

func TestLimitCutsAndSaysSo(t *testing.T) {
	w := setup(t)
	a, b := w.join(5, 1), w.join(7, 1)
	res := w.ask(positions{a.id: 0, b.id: 6}, 2, 4)
	w.want(res, a.key(), 1, 4)
	if len(res.Events) != 4 || !res.HasMore || !maps.Equal(res.Positions, positions{a.id: 4, b.id: 6}) {
		t.Errorf("%+v", res)
	}
	res = w.ask(res.Positions, 2, 2)
	w.want(res, a.key(), 5, 5)
	w.want(res, b.key(), 7, 7)
	if res.HasMore {
		t.Error("there is said to be more, where there is none")
	}
}

func TestDefaultLimitIsTwoHundred(t *testing.T) {
	w := setup(t)
	a := w.join(500, 1)
	res := w.ask(positions{a.id: 0}, 1, 0)
	w.want(res, a.key(), 1, 200)
	if !res.HasMore {
		t.Error("there is no more")
	}
}

func TestWhoLeftGetsTheEnd(t *testing.T) {
	w := setup(t)
	a := w.join(9, 1)
	a.left = 6
	res := w.ask(positions{a.id: 3}, 1, 0)
	w.want(res, a.key(), 4, 6)
	if !res.Conversations[0].Left || res.Positions[a.id] != 6 || res.HasMore {
		t.Errorf("%+v", res)
	}
}

func TestPositionThatDoesNotJoinUpIsReset(t *testing.T) {
	for name, after := range map[string]int64{"Negative": -1, "BeyondTheHead": 6, "OlderThanTheLog": 1} {
		t.Run(name, func(t *testing.T) {
			w := setup(t)
			a, b := w.join(5, 1), w.join(2, 1)
			a.first = 4
			res := w.ask(positions{a.id: after, b.id: 1}, 2, 0)
			w.want(res, b.key(), 2, 2)
			if len(res.Events) != 1 || !res.Conversations[0].Reset || res.Conversations[1].Reset || res.Positions[a.id] != 5 {
				t.Errorf("%+v", res)
			}
		})
	}
}

func TestOwnPositionThatDoesNotJoinUpIsReset(t *testing.T) {
	w := setup(t)
	for range 5 {
		w.join(1, 1)
	}
	w.ownFirst = 4
	for name, own := range map[string]int64{"BeyondTheHead": 6, "OlderThanTheLog": 1} {
		if res := w.ask(nil, own, 0); !res.UserReset || res.UserSeq != 5 || len(res.Events) != 0 {
			t.Errorf("%s: %+v", name, res)
		}
	}
	before := int64(-1)
	res, err := w.Sync(t.Context(), w.who, clientv1.SyncBody{UserSeq: &before})
	if err != nil || !res.UserReset || res.UserSeq != 5 {
		t.Errorf("%+v, %v", res, err)
	}
	if res := w.ask(nil, 3, 0); res.UserReset {
		t.Error("what joins up is reset")
	}
}

func TestAddedConversationBeginsAtItsFirst(t *testing.T) {
	w := setup(t)
	a := w.join(5, 1)
	b := w.join(7, 4)
	res := w.ask(positions{a.id: 5}, 1, 0)
	w.want(res, hub.User(w.who.User), 2, 2)
	w.want(res, b.key(), 4, 7)
	if res.UserSeq != 2 || res.Positions[b.id] != 7 {
		t.Errorf("%+v", res)
	}
}

// TestConversationWhoseAdditionDidNotFitWaits: had it a position, its events
// before that would be lost.
func TestConversationWhoseAdditionDidNotFitWaits(t *testing.T) {
	w := setup(t)
	a, b := w.join(5, 1), w.join(7, 4)
	res := w.ask(positions{}, 0, 1)
	if pos, ok := res.Positions[b.id]; ok || res.UserSeq != 1 || !res.HasMore {
		t.Errorf("b is at %d: %+v", pos, res)
	}
	if res.Positions[a.id] != 0 {
		t.Errorf("a is at %d", res.Positions[a.id])
	}
}

// TestWhatIsAddedDuringTheCallIsNotLost: the list does not have it.
func TestWhatIsAddedDuringTheCallIsNotLost(t *testing.T) {
	w := setup(t)
	a := w.join(5, 1)
	w.join(1, 1)
	var late *place
	w.afterList = func() {
		late = w.join(3, 1)
		a.say(2)
	}
	first := w.ask(positions{a.id: 4}, 1, 0)
	second := w.ask(first.Positions, first.UserSeq, 0)
	w.want(second, late.key(), 1, 3)
	w.want(first, a.key(), 5, 5)
	w.want(second, a.key(), 6, 7)
}

func TestStrangerIsToldThatItHasNoBusinessThere(t *testing.T) {
	w := setup(t)
	a := w.join(5, 1)
	stranger := id.Conversation{UUID: id.New()}
	res := w.ask(positions{a.id: 5, stranger: 3}, 1, 0)
	want := []clientv1.Conversation{
		{ID: a.id, Kind: "room", Seq: 5, After: 5}, {ID: stranger, Kind: "room", Left: true, Reset: true},
	}
	if diff := cmp.Diff(want, res.Conversations); diff != "" || len(res.Events) != 0 || len(res.Positions) != 1 {
		t.Errorf("%v, %+v", diff, res)
	}
}

func TestBoundsAreKept(t *testing.T) {
	w := setup(t)
	many := positions{}
	for range 10_001 {
		many[id.Conversation{UUID: id.New()}] = 1
	}
	none, most, more := 0, 1000, 1001
	for name, body := range map[string]clientv1.SyncBody{
		"NoLimit": {Limit: &none}, "LargeLimit": {Limit: &more}, "ManyPositions": {Positions: many},
	} {
		if _, err := w.Sync(t.Context(), w.who, body); fault.CodeOf(err) != "validation_failed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Sync(t.Context(), w.who, clientv1.SyncBody{Limit: &most}); err != nil {
		t.Error(err)
	}
}

func TestErrorsArePassedOn(t *testing.T) {
	w := setup(t)
	w.join(5, 1)
	w.down = errors.New("down")
	if _, err := w.Sync(t.Context(), w.who, clientv1.SyncBody{}); !errors.Is(err, w.down) {
		t.Error(err)
	}
	w.down = nil
	p := w.places[0]
	w.afterList = func() { w.places = nil }
	if _, err := w.Sync(t.Context(), w.who, clientv1.SyncBody{Positions: positions{p.id: 1}}); !errors.Is(err, errStranger) {
		t.Error(err)
	}
}
