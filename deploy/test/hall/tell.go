package hall

import (
	"context"
	"fmt"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Tell has one person say something on the socket, and waits until everybody has
// heard it.
func (h *Hall) Tell(ctx context.Context, name, what string) error {
	return h.one(ctx, name, what, func(ctx context.Context, p *person, d lair.Draft) error {
		_, err := p.link.Send(ctx, d)
		return err
	})
}

// Post is Tell over HTTP.
func (h *Hall) Post(ctx context.Context, name, what string) error {
	return h.one(ctx, name, what, func(ctx context.Context, p *person, d lair.Draft) error {
		_, err := p.api.Send(ctx, d)
		return err
	})
}

func (h *Hall) one(ctx context.Context, name, what string, send func(context.Context, *person, lair.Draft) error) error {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	for _, p := range h.people {
		if p.name != name {
			continue
		}
		text := name + ": " + what
		if err := send(ctx, p, lair.Draft{Target: clientv1.ToRoom(h.room), Content: text}); err != nil {
			return fmt.Errorf("%q was not accepted: %w", text, err)
		}
		h.said = append(h.said, text)
		return h.listen(ctx)
	}
	return fmt.Errorf("%s is not here", name)
}
