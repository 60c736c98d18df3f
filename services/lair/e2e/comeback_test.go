package e2e

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/coder/websocket"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// A client that resumes is removed from a room and comes back to it while its
// socket stays open. It hears all from its return on, also when that follows at
// once: there is nothing between it and the gateway that would mend a hole.
func TestWhoComesBackMissesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		const rounds = 20
		ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
		hall := room(t, ann, bob)
		ctx := soon(t)
		conn, _, err := websocket.Dial(ctx, s.last().WS, nil) //nolint:bodyclose // the connection took it
		must(t, err)
		t.Cleanup(func() { _ = conn.CloseNow() })
		for _, line := range []string{
			`{"type":"client_hello","version":"1.0","features":["resume"]}`,
			`{"type":"authenticate","token":"` + bob.Token() + `"}`,
			`{"type":"resume"}`,
		} {
			must(t, conn.Write(ctx, websocket.MessageText, []byte(line)))
		}
		next := func() (text []byte, f struct {
			Type         string `json:"type"`
			Conversation string `json:"conversation"`
			Seq          int64  `json:"seq"`
			Message      struct {
				Content string `json:"content"`
			} `json:"message"`
			Conversations []struct {
				Seq int64 `json:"seq"`
			} `json:"conversations"`
		},
		) {
			_, text, err := conn.Read(ctx)
			must(t, err)
			must(t, json.Unmarshal(text, &f))
			return text, f
		}
		last := int64(0)
		for last == 0 {
			if _, f := next(); f.Type == "resume_response" {
				last = f.Conversations[0].Seq
			}
		}
		a := ann.ws(t).deaf()
		for i := range rounds {
			ann.done(t, "DELETE", fmt.Sprintf("rooms/%s/members/%s", hall, bob.ID), nil, nil)
			bob.done(t, "POST", fmt.Sprintf("rooms/%s/join", hall), nil, nil)
			a.say(clientv1.ToRoom(hall), strconv.Itoa(i))
		}
		for heard := 0; heard < rounds; {
			text, f := next()
			if f.Conversation != hall.String() || f.Seq == 0 {
				continue
			}
			if f.Seq != last+1 { // nothing happens while bob is out
				t.Fatalf("%d comes after %d: %s", f.Seq, last, text)
			}
			last = f.Seq
			if f.Type == "message_received" {
				heard++
			}
		}
	})
}
