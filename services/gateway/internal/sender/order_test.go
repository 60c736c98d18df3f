package sender_test

import (
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

// life is what happens to one stream: after so many drafts it breaks, of which
// so many were committed and answers to so many arrive.
type life struct{ Drafts, Committed, Answered int }

var lives = rapid.Custom(func(t *rapid.T) life {
	n := rapid.IntRange(1, 10).Draw(t, "drafts")
	c := rapid.IntRange(0, n).Draw(t, "committed")
	return life{n, c, rapid.IntRange(0, c).Draw(t, "answered")}
})

// TestEachKeyKeepsItsOrderOnBreakingStreams: a repeat of what was committed
// makes nothing new, so the order of the first commits is what people see.
func TestEachKeyKeepsItsOrderOnBreakingStreams(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		plan := rapid.SliceOfN(lives, 0, 8).Draw(rt, "streams")
		var bad string // rapid must not be told inside the bubble
		synctest.Test(t, func(t *testing.T) {
			runIn(t, func(w *world) { bad = broken(w, plan) })
		})
		if bad != "" {
			rt.Fatal(bad)
		}
	})
}

func broken(w *world, plan []life) string {
	var mu sync.Mutex
	committed := map[string]bool{}
	newest := map[string]int{} // by key
	bad := ""
	commit := func(r *messagev1.Draft) {
		mu.Lock()
		defer mu.Unlock()
		if committed[r.GetClientMsgId()] {
			return
		}
		key := string(r.GetContent())
		number, err := strconv.Atoi(r.GetContentType())
		if err != nil {
			bad = err.Error()
		}
		committed[r.GetClientMsgId()] = true
		if number != newest[key]+1 {
			bad = "in " + key + ", " + r.GetContentType() + " came after " + strconv.Itoa(newest[key])
		}
		newest[key] = number
	}
	w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
		x := life{1 << 30, 1 << 30, 1 << 30}
		if n <= len(plan) {
			x = plan[n-1]
		}
		r := first
		for i := range x.Drafts {
			if i < x.Committed {
				commit(r)
			}
			if i < x.Answered {
				if err := accept(s, r); err != nil {
					return err
				}
			}
			if i == x.Drafts-1 {
				break
			}
			var err error
			if r, err = w.service.next(n, s); err != nil {
				return nil //nolint:nilerr // the stream ends
			}
		}
		return errAway
	}
	var list []*fate
	for n := range 20 {
		for key := range uint64(4) {
			name := strconv.FormatUint(key, 10) + "/" + strconv.Itoa(n)
			f := &fate{name: name}
			w.Submit(key, &messagev1.Draft{
				ClientMsgId: name, Content: []byte(strconv.FormatUint(key, 10)), ContentType: strconv.Itoa(n + 1),
			}, f.done)
			list = append(list, f)
		}
		if n%5 == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
	time.Sleep(10 * time.Second)
	w.wantAccepted(list...)
	mu.Lock()
	defer mu.Unlock()
	return bad
}
