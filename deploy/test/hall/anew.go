package hall

import (
	"context"
	"fmt"
	"slices"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// step is by how much a restore moves every sequence on, at least.
const step = 1_000_000_000

// Said returns what was acknowledged so far.
func (l *Load) Said() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.hall.said)
}

// Anew waits until everybody, who only waited, is back after a restore and was told to
// begin anew, and holds that what has to be kept is there. It returns how many messages
// are, and forgets what people heard before.
func (h *Hall) Anew(ctx context.Context, kept []string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for _, p := range h.people {
		if err := h.begins(ctx, p); err != nil {
			return 0, fmt.Errorf("%s is to begin anew: %w", p.name, err)
		}
		p.heard = nil
	}
	h.said = nil
	history, err := h.history(ctx)
	if err != nil {
		return 0, err
	}
	return len(history), keeps(history, kept)
}

// begins waits until a person is told that the room goes on elsewhere.
func (h *Hall) begins(ctx context.Context, p *person) error {
	for {
		ev, err := p.link.Next(ctx)
		switch {
		case err != nil:
			return err
		case ev.Durable():
			return fmt.Errorf("there comes %s, as if nothing had been", ev.Raw)
		case ev.Type == clientv1.TypeReset && ev.Conversation == h.room.Conversation():
			if ev.Seq < step {
				return fmt.Errorf("it goes on at %d, where it was before", ev.Seq)
			}
			return nil
		}
	}
}

// history reads all that the room has.
func (h *Hall) history(ctx context.Context) ([]string, error) {
	var all []string
	for before := int64(0); ; {
		page, err := h.people[0].api.Messages(ctx, lair.MessagesQuery{Target: clientv1.ToRoom(h.room), Limit: 100, BeforeSeq: before})
		if err != nil || len(page.Messages) == 0 {
			return all, err
		}
		for _, m := range page.Messages {
			all = append(all, m.Content)
			before = m.Seq
		}
	}
}

// keeps holds that everything that has to be there is, and nothing is there twice.
func keeps(history, kept []string) error {
	times := map[string]int{}
	for _, text := range history {
		times[text]++
		if times[text] > 1 {
			return fmt.Errorf("%q is there twice", text)
		}
	}
	for _, text := range kept {
		if times[text] == 0 {
			return fmt.Errorf("%q was acknowledged before the backup, and is lost", text)
		}
	}
	return nil
}

// Host returns the one who made the room, as the server knows her.
func (h *Hall) Host(ctx context.Context) (clientv1.User, error) { return h.people[0].api.Me(ctx) }
