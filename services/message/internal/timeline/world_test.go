package timeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// database is a store in memory which can be slow, away or busy.
type database struct {
	Store // what the committer does not use

	mu    sync.Mutex
	heads map[id.Conversation]*journal.Head
	sent  map[Sent]Message
	log   map[id.Conversation][]string // what was committed, in the order of the seqs
	tries []int                        // the sizes of the batches
	held  map[id.Conversation]bool
	away  error             // what every transaction fails with
	lost  error             // what comes back though the transaction was committed
	bad   map[string]string // drafts that are refused, with the SQLSTATE
	gate  chan struct{}     // transactions wait for it
	hook  func(*database, []*Draft)
}

// refusal is what a database says that does not take a value.
type refusal string

func (r refusal) Error() string    { return "refused: " + string(r) }
func (r refusal) SQLState() string { return string(r) }

func (d *database) Commit(_ context.Context, drafts []*Draft, at time.Time) ([]Outcome, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries = append(d.tries, len(drafts))
	if gate := d.gate; gate != nil {
		d.mu.Unlock()
		<-gate
		d.mu.Lock()
	}
	if d.hook != nil {
		d.hook(d, drafts)
	}
	if d.away != nil {
		return nil, d.away
	}
	state := NewState()
	maps.Copy(state.Sent, d.sent)
	for _, draft := range drafts {
		c := draft.Conversation()
		if d.heads[c] == nil {
			d.heads[c] = &journal.Head{Conversation: c, Kind: journal.Room}
		}
		if !d.held[c] {
			state.Heads[c] = d.heads[c]
		}
		place := journal.Place{Conversation: c, User: draft.Author}
		state.Members[place] = journal.Member{Conversation: c, User: draft.Author, Role: journal.Plain}
	}
	outcomes := Plan(drafts, state, at)
	for _, o := range outcomes {
		if code := d.bad[o.Message.ClientMsgID]; o.Fresh && code != "" {
			return nil, fmt.Errorf("insert: %w", refusal(code))
		}
	}
	for _, o := range outcomes {
		if m := o.Message; o.Fresh {
			d.heads[m.Conversation].Seq = m.Seq
			d.log[m.Conversation] = append(d.log[m.Conversation], m.ClientMsgID)
		}
	}
	d.sent = state.Sent
	return outcomes, d.lost
}

// world is a committer that runs before a database.
type world struct {
	*committer
	t    *testing.T
	db   *database
	stop context.CancelFunc
	end  func() // stops it and waits

	mu        sync.Mutex
	said      map[string]id.Room
	answers   map[string][]answer
	answered  []string // in their order
	announced []Message
	committed int // drafts, as the stats hear of them
	waited    time.Duration
}

type answer struct {
	message Message
	err     error
	at      time.Time
}

var author = id.User{UUID: id.New()}

// begin starts a committer, in a bubble.
func begin(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, said: map[string]id.Room{}, answers: map[string][]answer{},
		db: &database{
			heads: map[id.Conversation]*journal.Head{}, sent: map[Sent]Message{}, log: map[id.Conversation][]string{},
			held: map[id.Conversation]bool{}, bad: map[string]string{},
		},
	}
	w.committer = &committer{
		store: w.db, now: time.Now, log: slog.New(slog.DiscardHandler), stats: w,
		wake: make(chan struct{}, 1), backlog: newBacklog(),
		announce: func(list []Message) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.announced = append(w.announced, list...)
		},
	}
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	ended := make(chan error, 1)
	go func() { ended <- w.run(ctx) }()
	w.end = sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	synctest.Wait()
	return w
}

// run runs the test before a committer, which is stopped afterwards.
func run(t *testing.T, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t)
		test(w)
		w.end()
	})
}

// Committed implements Stats.
func (w *world) Committed(_ context.Context, drafts int, waited, _ time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.committed += drafts
	w.waited = max(w.waited, waited)
}

func (w *world) set(change func(*database)) {
	w.db.mu.Lock()
	defer w.db.mu.Unlock()
	change(w.db)
}

func newRoom() id.Room { return id.Room{UUID: id.New()} }

// say submits drafts whose content is their name.
func (w *world) say(r id.Room, names ...string) {
	for _, name := range names {
		w.mu.Lock()
		w.said[name] = r
		w.mu.Unlock()
		d := &Draft{Author: author, Room: r, ClientMsgID: name, ContentType: Text, Content: []byte(name)}
		w.submit(d, func(m Message, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.answers[name] = append(w.answers[name], answer{m, err, time.Now()})
			w.answered = append(w.answered, name)
		})
	}
}

// wantLog expects what was committed to a room.
func (w *world) wantLog(r id.Room, names ...string) {
	w.t.Helper()
	synctest.Wait()
	w.db.mu.Lock()
	defer w.db.mu.Unlock()
	if got := w.db.log[r.Conversation()]; !slices.Equal(got, names) {
		w.t.Errorf("committed %q, want %q", got, names)
	}
}

// want expects one answer to each of the drafts: a message if code is "".
func (w *world) want(code string, names ...string) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range names {
		list := w.answers[name]
		if len(list) != 1 || fault.CodeOf(list[0].err) != code {
			w.t.Errorf("%s: answers are %+v, want one %q", name, list, code)
			continue
		}
		if m := list[0].message; code == "" && (m.ClientMsgID != name || string(m.Content) != name) {
			w.t.Errorf("%s: the answer is %+v", name, m)
		}
	}
}

// wantNone expects that the drafts are still waiting.
func (w *world) wantNone(names ...string) {
	w.t.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range names {
		if list := w.answers[name]; len(list) != 0 {
			w.t.Errorf("%s: answered %+v", name, list)
		}
	}
}

func (w *world) wantTries(sizes ...int) {
	w.t.Helper()
	synctest.Wait()
	w.db.mu.Lock()
	defer w.db.mu.Unlock()
	if !slices.Equal(w.db.tries, sizes) {
		w.t.Errorf("batches of %v, want %v", w.db.tries, sizes)
	}
}

func (w *world) hold(r id.Room)    { w.set(func(d *database) { d.held[r.Conversation()] = true }) }
func (w *world) release(r id.Room) { w.set(func(d *database) { d.held[r.Conversation()] = false }) }

var errDown = errors.New("connection refused")

func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("m%d", i)
	}
	return list
}
