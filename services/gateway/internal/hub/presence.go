package hub

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// presenceHandler hears who came and went, on any pod.
type presenceHandler struct{ hub *Hub }

// Listening implements bus.Handler. What was missed is not made up for: a
// client asks for the list of users when it needs to be sure.
func (presenceHandler) Listening() {}

// Deliver implements bus.Handler.
func (p presenceHandler) Deliver(data []byte) {
	msg := &eventv1.Presence{}
	if proto.Unmarshal(data, msg) != nil {
		return
	}
	for _, c := range msg.GetChanges() {
		select {
		case p.hub.passing <- c:
		default: // too many at once: passing news may be lost
		}
	}
}

// carryPresence tells every client of the pod who came and went, but nobody of
// himself.
func (h *Hub) carryPresence(ctx context.Context) {
	for {
		var news []arrival
		select {
		case c := <-h.passing:
			news = append(news, h.arrival(ctx, c))
		case <-ctx.Done():
			return
		}
		for n := len(h.passing); n > 0; n-- { // what has come meanwhile goes along
			news = append(news, h.arrival(ctx, <-h.passing))
		}
		all := encodePresence(news, id.User{})
		for _, s := range h.userStreams() {
			s.tellPresence(news, all)
		}
	}
}

type arrival struct {
	user id.User
	v    any
}

func (h *Hub) arrival(ctx context.Context, c *eventv1.PresenceChange) arrival {
	u, _ := id.FromBytes(c.GetUserId()) // zero concerns nobody
	return arrival{id.User{UUID: u}, h.needs.Encoder.Presence(ctx, c)}
}

func encodePresence(news []arrival, without id.User) *frame.Batch {
	var wanted [frame.Forms]int
	for f := range frame.Forms {
		wanted[f] = 1
	}
	b := &frame.Batch{}
	for _, a := range news {
		if a.user != without {
			b.Add(a.v, true, wanted)
		}
	}
	return b
}

func (s *stream) tellPresence(news []arrival, batch *frame.Batch) {
	user, _ := s.key.User()
	if slices.ContainsFunc(news, func(a arrival) bool { return a.user == user }) {
		batch = encodePresence(news, user)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.subs {
		x.client.PushPassing(batch.Bytes(x.client.Form()))
	}
}

// userStreams returns the own sequences of the users on this pod. Every client
// follows that of its user, so they are all the clients.
func (h *Hub) userStreams() []*stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*stream
	for k, s := range h.streams {
		if k.ofUser {
			list = append(list, s)
		}
	}
	return list
}
