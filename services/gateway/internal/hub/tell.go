package hub

import (
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// Here reports whether a client on this pod follows the sequence of the user,
// which all do that get events.
func (h *Hub) Here(u id.User) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.streams[User(u)] != nil
}

// Tell hands passing news about a user, of a type that plain clients do not
// know, to all other clients: those of the user get own, everybody else rest.
func (h *Hub) Tell(u id.User, rest, own any) {
	toRest, toOwn := forms(rest), forms(own)
	for _, s := range h.userStreams() {
		frames := toRest
		if user, _ := s.key.User(); user == u {
			frames = toOwn
		}
		s.mu.Lock()
		for _, x := range s.subs {
			if f := x.client.Form(); f.Resumes() {
				x.client.PushPassing(frames[f])
			}
		}
		s.mu.Unlock()
	}
}

// forms encodes once, however many are told.
func forms(v any) (out [frame.Forms][]byte) {
	text := frame.Text(v)
	for f := range frame.Forms {
		out[f] = f.Append(nil, text)
	}
	return out
}
