package e2e

import (
	"context"
	"fmt"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lair-chat/lair/pkg/id"
)

// mark prints where the mark is then.
func (s *stage) mark(ctx context.Context, ts *testscript.TestScript, a *actor, args []string) error {
	seq, _ := strconv.ParseInt(args[1], 10, 64) // none is 0 is all
	r, err := a.MarkRead(ctx, s.target(args[0]), seq)
	if err == nil {
		fmt.Fprintln(ts.Stdout(), r.ReadSeq)
	}
	return err
}

func (s *stage) unread(ctx context.Context, ts *testscript.TestScript, a *actor) error {
	counts, err := a.Unread(ctx)
	if err == nil && len(counts) == 0 {
		fmt.Fprintln(ts.Stdout(), "nothing")
	}
	for name, r := range s.rooms {
		if n := counts[r.Conversation()]; n > 0 {
			fmt.Fprintln(ts.Stdout(), name, n)
		}
	}
	for name, peer := range s.people {
		if n := counts[id.Direct(a.user.ID, peer.user.ID)]; n > 0 {
			fmt.Fprintln(ts.Stdout(), name, n)
		}
	}
	return err
}
