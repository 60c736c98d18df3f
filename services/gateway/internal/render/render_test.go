package render_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/render"
)

const (
	ann  = "11111111-1111-4111-8111-111111111111"
	bob  = "55555555-5555-4555-8555-555555555555"
	hall = "33333333-3333-4333-8333-333333333333"
	said = "44444444-4444-4444-8444-444444444444"

	noon = 1771502400_000000 // 2026-02-19T12:00:00Z in microseconds
)

// names knows everybody by one name, unless it is down.
type names struct{ down error }

func (n names) Users(_ context.Context, ids ...id.User) (map[id.User]clientv1.User, error) {
	if n.down != nil {
		return nil, n.down
	}
	users := map[id.User]clientv1.User{}
	for _, u := range ids {
		users[u] = clientv1.User{
			ID: u, Username: "alice", Role: "admin", CreatedAt: clientv1.Micros(noon), UpdatedAt: clientv1.Micros(noon),
		}
	}
	return users, nil
}

func raw(s string) []byte {
	u, _ := id.Parse(s)
	return u.Bytes()
}

func event(b *eventv1.Body) *hub.Event {
	return &hub.Event{Conversation: &eventv1.Event{ConversationId: raw(hall), Seq: 7, At: noon, Body: b}}
}

func joined(created bool) *hub.Event {
	return event(&eventv1.Body{Kind: &eventv1.Body_MemberJoined{MemberJoined: &eventv1.MemberJoined{
		UserId: raw(ann), Role: eventv1.Role_ROLE_OWNER, Created: created,
	}}})
}

func sent() *hub.Event {
	return event(&eventv1.Body{Kind: &eventv1.Body_MessageSent{MessageSent: &eventv1.MessageSent{Message: &eventv1.Message{
		Id: raw(said), ConversationId: raw(hall), Seq: 7, AuthorId: raw(ann), Content: []byte("hi"), CreatedAt: noon,
	}}}})
}

func wantJSON(t *testing.T, v any, want string) {
	t.Helper()
	got, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

const message = `"message":{"id":"` + said + `","author":"` + ann + `","target":{"type":"room","room_id":"` + hall + `"},"content":"hi","edited":false,"created_at":"2026-02-19T12:00:00Z","conversation":"` + hall + `","seq":7},`

func TestEventsHaveNames(t *testing.T) {
	const join = `{"type":"user_joined_room","conversation":"` + hall + `","seq":7,"room_id":"` + hall + `","user":{"id":"` + ann + `","username":"alice","email":"","role":"admin","created_at":"2026-02-19T12:00:00Z","updated_at":"2026-02-19T12:00:00Z","last_seen_at":null},"membership":{"room_id":"` + hall + `","user_id":"` + ann + `","role":"owner","joined_at":"2026-02-19T12:00:00Z"}}`
	for name, tt := range map[string]struct {
		e     *hub.Event
		plain bool
		want  string
	}{
		"Sent": {
			sent(), true,
			`{"type":"message_received","conversation":"` + hall + `","seq":7,` + message + `"author_username":"alice"}`,
		},
		"Joined":  {joined(false), true, join},
		"Created": {joined(true), false, join},
		"Left": {
			event(&eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{
				UserId: raw(ann), Reason: eventv1.LeaveReason_LEAVE_REASON_KICKED,
			}}}), true,
			`{"type":"user_left_room","conversation":"` + hall + `","seq":7,"room_id":"` + hall + `","user_id":"` + ann + `","reason":"kicked"}`,
		},
		"OfALaterRelease": {
			event(&eventv1.Body{}), false,
			`{"type":"unknown_event","conversation":"` + hall + `","seq":7}`,
		},
		"Added": {
			&hub.Event{User: &eventv1.UserEvent{Seq: 4, Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{
				ConversationAdded: &eventv1.ConversationAdded{
					ConversationId: raw(hall), Kind: eventv1.ConversationKind_CONVERSATION_KIND_DIRECT, PeerId: raw(bob), FirstSeq: 1,
				},
			}}}}, false,
			`{"type":"conversation_added","user_seq":4,"conversation":"` + hall + `","kind":"dm","peer":"` + bob + `","first_seq":1}`,
		},
		"OwnOfALaterRelease": {
			&hub.Event{User: &eventv1.UserEvent{Seq: 4}}, false,
			`{"type":"unknown_event","user_seq":4}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, plain := render.Renderer{Directory: names{}}.Event(t.Context(), tt.e)
			if plain != tt.plain {
				t.Errorf("plain clients get it: %v", plain)
			}
			wantJSON(t, v, tt.want)
		})
	}
}

func TestEventDoesNotWaitForAName(t *testing.T) {
	r := render.Renderer{Directory: names{errors.New("down")}}
	v, _ := r.Event(t.Context(), sent())
	wantJSON(t, v, `{"type":"message_received","conversation":"`+hall+`","seq":7,`+message+`"author_username":""}`)
	v, _ = r.Event(t.Context(), joined(false))
	if j, ok := v.(clientv1.UserJoinedRoom); !ok || j.User.ID.String() != ann || j.User.Role != "user" {
		t.Errorf("%+v", v)
	}
}

func TestPassingFrames(t *testing.T) {
	r := render.Renderer{Directory: names{}}
	wantJSON(t, r.Typing(t.Context(), &eventv1.Typing{ConversationId: raw(hall), UserId: raw(ann)}),
		`{"type":"user_typing","user_id":"`+ann+`","target":{"type":"room","room_id":"`+hall+`"}}`)
	wantJSON(t, r.Typing(t.Context(), &eventv1.Typing{ConversationId: raw(hall), UserId: raw(ann), RecipientId: raw(bob)}),
		`{"type":"user_typing","user_id":"`+ann+`","target":{"type":"dm","recipient":"`+bob+`"}}`)
	wantJSON(t, r.Presence(t.Context(), &eventv1.PresenceChange{UserId: raw(ann), Online: true}),
		`{"type":"user_online","user_id":"`+ann+`","username":"alice"}`)
	wantJSON(t, r.Presence(t.Context(), &eventv1.PresenceChange{UserId: raw(ann)}),
		`{"type":"user_offline","user_id":"`+ann+`","username":"alice"}`)
}

func TestResetNamesItsSequence(t *testing.T) {
	u, _ := id.Parse(hall)
	wantJSON(t, render.Renderer{}.Reset(hub.Conversation(id.Conversation{UUID: u}), 9),
		`{"type":"reset","conversation":"`+hall+`","seq":9}`)
	v, ok := render.Renderer{}.Reset(hub.User(id.User{UUID: u}), 9).(clientv1.Reset)
	if !ok || v.Conversation != nil || v.Seq != 9 {
		t.Errorf("%+v", v)
	}
}
