package legacy

import (
	"context"
	"io"
	"time"

	"github.com/lair-chat/lair/pkg/id"
)

// The numbers that are stored, of kinds of conversations and roles of members.
const (
	roomKind, directKind = 1, 2

	plain, moderator, owner = 1, 2, 3
)

// Options are how to import.
type Options struct {
	Now time.Time
	// Out is told of problems and of progress.
	Out io.Writer
	// Progress is how many messages lie between two reports of it.
	Progress int
}

// importer imports one database into one transaction.
type importer struct {
	old    *Old
	target Target
	state  *state
	report *Report
	now    int64
	every  int
	rows   map[string][][]any
	seen   map[id.UUID]bool // users, rooms and invitations of the old database
	joins  []join
	makes  map[id.UUID]join // by whom rooms are made that are not yet
}

// Import brings everything in an old database that is not there yet into a
// transaction, which the caller commits, or does not to see only what would happen.
func Import(ctx context.Context, old *Old, target Target, o Options) (*Report, error) {
	s, err := load(ctx, target)
	if err != nil {
		return nil, err
	}
	im := &importer{
		old: old, target: target, state: s, report: &Report{out: o.Out}, now: o.Now.UnixMicro(), every: max(1, o.Progress),
		rows: map[string][][]any{}, seen: map[id.UUID]bool{}, makes: map[id.UUID]join{},
	}
	for _, step := range []func(context.Context) error{im.users, im.roomsAndMembers, im.talk, im.invite, im.heads} {
		if err := step(ctx); err != nil {
			return im.report, err
		}
	}
	return im.report, nil
}

// twice reports whether a thing was in the old database before.
func (im *importer) twice(u id.UUID) bool {
	if im.seen[u] {
		return true
	}
	im.seen[u] = true
	return false
}

// living returns whether a user may get something new.
func (im *importer) living(u id.UUID) bool {
	h := im.state.users[u]
	return h != nil && !h.closed
}

// cut returns as many whole characters of a text as fit into n bytes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
