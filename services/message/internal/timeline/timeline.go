package timeline

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Wire turns events into what the journal stores and the bus carries.
type Wire interface {
	// Added encodes that a user is now part of a direct conversation, whose events
	// begin with first.
	Added(c id.Conversation, peer id.User, first int64) []byte
	// Sent announces messages in the order of their commit; best effort.
	Sent(messages []Message)
	// Opened announces events of users; best effort.
	Opened(events []*journal.UserEvent)
	// Edited encodes that a message was edited, without its content.
	Edited(m Message) []byte
	// Deleted encodes that a message was deleted.
	Deleted(m Message) []byte
	// ReadMarked encodes that a user has read a conversation up to a seq.
	ReadMarked(c id.Conversation, seq int64) []byte
	// Changed announces the event that edits or deletes m; best effort.
	Changed(ctx context.Context, e journal.Event, m Message)
}

// Needs is what a timeline is built from.
type Needs struct {
	Store Store
	Wire  Wire
	Now   func() time.Time
	Log   *slog.Logger
	Stats Stats
	// Traces is optional.
	Traces Traces
}

// Timeline sends messages and reads them back. It is safe for concurrent use.
type Timeline struct {
	needs     Needs
	committer *committer

	mu sync.Mutex
	// opened remembers direct conversations that are known to exist.
	opened map[id.Conversation]struct{}
}

// maxOpened bounds the memory of direct conversations, 16 bytes each; past it
// all are forgotten, and each costs one look-up more.
const maxOpened = 100_000

// New returns a timeline; Run must be running for Send to be answered.
func New(n Needs) *Timeline {
	return &Timeline{
		needs: n,
		committer: &committer{
			store: n.Store, announce: n.Wire.Sent, now: n.Now, log: n.Log, stats: n.Stats, traces: n.Traces,
			wake: make(chan struct{}, 1), backlog: newBacklog(),
		},
		opened: make(map[id.Conversation]struct{}),
	}
}

// Run commits what is sent until ctx ends.
func (t *Timeline) Run(ctx context.Context) error { return t.committer.run(ctx) }

// Send commits d. done is called exactly once, maybe before Send returns, and
// must not block: with the message, which is the first one if the draft is a
// repeat, or with the reason why there is none. Drafts for one conversation
// are committed in the order of the calls.
func (t *Timeline) Send(ctx context.Context, d *Draft, done func(Message, error)) {
	if err := d.Check(); err != nil {
		done(Message{}, err)
		return
	}
	if err := t.reach(ctx, d); err != nil {
		done(Message{}, err)
		return
	}
	t.committer.submit(d, done)
}

// reach makes sure that the draft's conversation is there.
func (t *Timeline) reach(ctx context.Context, d *Draft) error {
	var err error
	if d.Room.IsZero() {
		err = t.open(ctx, d.Author, d.Recipient)
	} else {
		err = t.exists(ctx, d.Conversation())
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		return errAway(err)
	}
	return err
}

// errAway says that the database did not answer, and that trying again is of
// use.
func errAway(err error) error {
	if fault.KindOf(err) == fault.Unavailable {
		return err // the store knows better why
	}
	return fault.Wrap(err, fault.Unavailable, "unavailable", "the database is not available, try again")
}

// exists refuses rooms that are not there. The committer could not tell them
// from rooms whose head is held.
func (t *Timeline) exists(ctx context.Context, c id.Conversation) error {
	if t.known(c) {
		return nil
	}
	_, err := t.needs.Store.Journal().Head(ctx, c)
	if fault.KindOf(err) == fault.NotFound {
		return errNotMember // as if it were private: who is not in it learns nothing
	}
	if err == nil {
		t.remember(c)
	}
	return err
}

// open makes the direct conversation of two users if it is not there.
func (t *Timeline) open(ctx context.Context, a, b id.User) error {
	c := id.Direct(a, b)
	if t.known(c) {
		return nil
	}
	first, err := t.needs.Store.Journal().First(ctx)
	if err != nil {
		return err
	}
	at := t.needs.Now().UTC().Truncate(time.Microsecond)
	people := []id.User{a, b}
	if a == b {
		people = people[:1]
	}
	slices.SortFunc(people, func(x, y id.User) int { return slices.Compare(x.Bytes(), y.Bytes()) })
	var members []journal.Member
	var events []*journal.UserEvent
	for _, u := range people {
		peer := a
		if u == a {
			peer = b
		}
		members = append(members, journal.Member{
			Conversation: c, User: u, Role: journal.Plain, JoinedAt: at, JoinedSeq: first, Peer: peer,
		})
		events = append(events, &journal.UserEvent{User: u, At: at, Body: t.needs.Wire.Added(c, peer, first)})
	}
	fresh, err := t.needs.Store.OpenDirect(ctx, c, members, events)
	if err != nil {
		return err
	}
	t.remember(c)
	if fresh {
		t.needs.Wire.Opened(events)
	}
	return nil
}

func (t *Timeline) known(c id.Conversation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.opened[c]
	return ok
}

func (t *Timeline) remember(c id.Conversation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.opened) >= maxOpened {
		clear(t.opened)
	}
	t.opened[c] = struct{}{}
}

// UserExists is nil if the user exists, else user_not_found.
func (t *Timeline) UserExists(ctx context.Context, u id.User) error {
	ok, err := t.needs.Store.Journal().UserExists(ctx, u)
	if err == nil && !ok {
		return errNoUser
	}
	return err
}
