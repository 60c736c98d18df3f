package timeline

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// step is one thing that happens to a committer.
type step struct {
	What string
	Room int
	Many int
	Wait time.Duration
}

var steps = rapid.Custom(func(t *rapid.T) step {
	return step{
		rapid.SampledFrom([]string{"say", "say", "say", "bad", "hold", "release", "away", "back", "lose", "keep"}).Draw(t, "what"),
		rapid.IntRange(0, 2).Draw(t, "room"),
		rapid.IntRange(1, 5).Draw(t, "many"),
		time.Duration(rapid.SampledFrom([]int{0, 0, 1, 3, 60, 900, 4000, 11000}).Draw(t, "wait")) * time.Millisecond,
	}
})

// TestWhateverHappens: every draft is answered once, and each conversation has
// what was acknowledged, once and in the order of the calls.
func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := rapid.SliceOfN(steps, 1, 40).Draw(rt, "steps")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = happen(t, list) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// happen runs the steps, and says what is wrong in the end.
func happen(t *testing.T, list []step) string {
	t.Helper()
	w := begin(t)
	rooms := []id.Room{newRoom(), newRoom(), newRoom()}
	var order []string
	behind := make(map[string]int) // how many answers there were when it was said
	say := func(kind string, s step) {
		for range s.Many {
			name := fmt.Sprintf("%s%d", kind, len(order))
			if kind == "bad" {
				w.set(func(d *database) { d.bad[name] = "22021" })
			}
			synctest.Wait()
			behind[name] = len(w.answered)
			order = append(order, name)
			w.say(rooms[s.Room], name)
		}
	}
	for _, s := range list {
		switch s.What {
		case "say", "bad":
			say(s.What, s)
		case "hold":
			w.hold(rooms[s.Room])
		case "release":
			w.release(rooms[s.Room])
		case "away":
			w.set(func(d *database) { d.away = errDown })
		case "back":
			w.set(func(d *database) { d.away = nil })
		case "lose":
			w.set(func(d *database) { d.lost = errDown })
		case "keep":
			w.set(func(d *database) { d.lost = nil })
		}
		time.Sleep(s.Wait)
		synctest.Wait()
	}
	w.end()
	return w.judge(rooms, order, behind)
}

func (w *world) judge(rooms []id.Room, order []string, behind map[string]int) string {
	gaveUp := make(map[id.Room]int) // the last answer that gave one up, from 1 on
	for _, name := range order {
		list := w.answers[name]
		if len(list) != 1 {
			return fmt.Sprintf("%s was answered %d times", name, len(list))
		}
		room := w.said[name]
		place := slices.Index(w.db.log[room.Conversation()], name) + 1
		switch code := fault.CodeOf(list[0].err); code {
		case "":
			if m := list[0].message; m.Seq != int64(place) || m.ClientMsgID != name {
				return fmt.Sprintf("%s was answered %+v, and has seq %d", name, m, place)
			}
			if gaveUp[room] > behind[name] {
				return name + " was committed though one before it was given up"
			}
		case "unavailable", "busy":
			gaveUp[room] = slices.Index(w.answered, name) + 1
		case "internal_error":
			if place > 0 || w.db.bad[name] == "" {
				return fmt.Sprintf("%s was refused, and has seq %d", name, place)
			}
		default:
			return fmt.Sprintf("%s was answered %q", name, code)
		}
	}
	for _, room := range rooms {
		log := w.db.log[room.Conversation()]
		at := -1
		for _, name := range log {
			next := slices.Index(order, name)
			if next <= at {
				return fmt.Sprintf("%q are not in their order", log)
			}
			at = next
		}
		var told int64
		for _, m := range w.announced {
			if m.Conversation == room.Conversation() {
				if m.Seq <= told {
					return fmt.Sprintf("%d was announced after %d", m.Seq, told)
				}
				told = m.Seq
			}
		}
	}
	return ""
}
