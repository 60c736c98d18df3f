package syncer_test

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// TestPollingCollectsEverythingOnce: whatever the limits, and whatever happens
// between and during the calls.
func TestPollingCollectsEverythingOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := setup(t)
		var seen []*place
		begin := map[id.Conversation]int64{}
		for range rapid.IntRange(0, 5).Draw(rt, "rooms") {
			p := w.join(rapid.IntRange(1, 20).Draw(rt, "events"), 1)
			begin[p.id] = int64(rapid.IntRange(0, len(p.log)).Draw(rt, "position"))
			seen = append(seen, p)
		}
		have := maps.Clone(begin)
		own := int64(len(w.own))
		reached := map[hub.Key]int64{hub.User(w.who.User): own}
		for c, seq := range begin {
			reached[hub.Conversation(c)] = seq
		}
		change := func() {
			switch rapid.IntRange(0, 3).Draw(rt, "change") {
			case 0:
				n := rapid.IntRange(1, 20).Draw(rt, "events")
				first := rapid.IntRange(1, n).Draw(rt, "first")
				p := w.join(n, int64(first))
				begin[p.id] = int64(first) - 1
				reached[p.key()] = begin[p.id]
				seen = append(seen, p)
			case 1:
				for _, p := range seen {
					p.say(rapid.IntRange(0, 5).Draw(rt, "said"))
				}
			case 2:
				if len(seen) > 0 {
					p := seen[rapid.IntRange(0, len(seen)-1).Draw(rt, "who")]
					if p.left == 0 {
						p.left = int64(len(p.log))
						p.say(3) // which it must not get
					}
				}
			}
		}
		changes := rapid.IntRange(0, 10).Draw(rt, "changes")
		for done, calls := false, 0; !done; calls++ {
			if calls > 1000 {
				rt.Fatal("there is always more")
			}
			quiet := changes == 0
			if !quiet {
				changes--
				change()
				w.afterList = change
			}
			limit := rapid.IntRange(1, 30).Draw(rt, "limit")
			res := w.ask(have, own, limit)
			if len(res.Events) > limit {
				rt.Fatalf("%d events came, where the limit is %d", len(res.Events), limit)
			}
			for _, v := range res.Events {
				e, _ := v.(shown)
				if e.seq != reached[e.of]+1 {
					rt.Fatalf("%d of %s came after %d", e.seq, e.of.Topic(), reached[e.of])
				}
				reached[e.of]++
			}
			have, own, done = res.Positions, res.UserSeq, quiet && !res.HasMore
		}
		if got := reached[hub.User(w.who.User)]; got != int64(len(w.own)) {
			rt.Errorf("%d of %d own events came", got, len(w.own))
		}
		for _, p := range seen {
			if reached[p.key()] != p.head() {
				rt.Errorf("%d of %d came", reached[p.key()], p.head())
			}
		}
	})
}
