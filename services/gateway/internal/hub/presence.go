package hub

import (
	"context"

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
		told := encodePresence(news)
		for _, s := range h.userStreams() {
			s.tellPresence(told)
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

// presence is news in all forms, each encoded once, however many are told.
type presence struct {
	users []id.User // whom each piece of news is about
	forms [frame.Forms]struct {
		bytes []byte
		ends  []int // where each piece of news ends
	}
}

func encodePresence(news []arrival) *presence {
	p := &presence{}
	for _, a := range news {
		p.users = append(p.users, a.user)
		text := frame.Text(a.v)
		for f := range frame.Forms {
			x := &p.forms[f]
			x.bytes = f.Append(x.bytes, text)
			x.ends = append(x.ends, len(x.bytes))
		}
	}
	return p
}

// without calls push with the stretches of news that are not about the user.
func (p *presence) without(u id.User, f frame.Form, push func([]byte)) {
	x, begin := &p.forms[f], 0
	for i, about := range p.users {
		if about != u {
			continue
		}
		own := 0
		if i > 0 {
			own = x.ends[i-1]
		}
		if own > begin {
			push(x.bytes[begin:own:own])
		}
		begin = x.ends[i]
	}
	if begin < len(x.bytes) {
		push(x.bytes[begin:])
	}
}

func (s *stream) tellPresence(told *presence) {
	user, _ := s.key.User()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.subs {
		told.without(user, x.client.Form(), x.client.PushPassing)
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
