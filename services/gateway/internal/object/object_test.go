package object_test

import (
	"encoding/json"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

const (
	ann  = "11111111-1111-4111-8111-111111111111"
	bob  = "55555555-5555-4555-8555-555555555555"
	hall = "33333333-3333-4333-8333-333333333333"
	one  = "44444444-4444-4444-8444-444444444444"
	sess = "22222222-2222-4222-8222-222222222222"

	noon    = 1771502400_000000 // 2026-02-19T12:00:00Z in microseconds
	precise = noon + 123456
)

func raw(t *testing.T, s string) []byte {
	t.Helper()
	u, err := id.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u.Bytes()
}

func TestObjectsLookAsInVersion08(t *testing.T) {
	room := &eventv1.Room{Id: raw(t, hall), Name: "general", OwnerId: raw(t, ann), CreatedAt: noon}
	full := &eventv1.Room{
		Id: raw(t, hall), Name: "attic", OwnerId: raw(t, ann), CreatedAt: noon,
		Description: new(""), IsPrivate: true, MaxMembers: 7,
	}
	member := &roomv1.Member{RoomId: raw(t, hall), UserId: raw(t, bob), Role: eventv1.Role_ROLE_MODERATOR, JoinedAt: noon}
	session := &authv1.Session{
		Id: raw(t, sess), UserId: raw(t, ann), CreatedAt: noon, ExpiresAt: precise, UserAgent: "curl", Address: "::1",
	}
	said := &eventv1.Message{
		Id: raw(t, one), ConversationId: raw(t, hall), Seq: 7, AuthorId: raw(t, ann), ClientMsgId: "c1",
		ContentType: "text/plain", Content: []byte("hi"), CreatedAt: noon,
	}
	direct := &eventv1.Message{
		Id: raw(t, one), ConversationId: raw(t, hall), Seq: 8, AuthorId: raw(t, ann), RecipientId: raw(t, bob),
		CreatedAt: noon, EditedAt: noon + 1, DeletedAt: noon + 2,
	}
	const roomJSON = `{"id":"` + hall + `","name":"general","owner":"` + ann + `","settings":{"description":null,"is_private":false,"max_members":null},"created_at":"2026-02-19T12:00:00Z"}`
	for name, tt := range map[string]struct {
		got  any
		want string
	}{
		"User": {
			object.User(&authv1.User{
				Id: raw(t, ann), Username: "alice", Email: "alice@example.com", Role: "user", CreatedAt: precise, UpdatedAt: noon,
			}),
			`{"id":"` + ann + `","username":"alice","email":"alice@example.com","role":"user","created_at":"2026-02-19T12:00:00.123456Z","updated_at":"2026-02-19T12:00:00Z","last_seen_at":null}`,
		},
		"Session": {object.Session(session), `{"id":"` + sess + `","expires_at":"2026-02-19T12:00:00.123456+00:00"}`},
		"SessionDetail": {
			object.SessionDetail(session, id.Session{UUID: id.UUID(raw(t, sess))}),
			`{"id":"` + sess + `","created_at":"2026-02-19T12:00:00Z","expires_at":"2026-02-19T12:00:00.123456+00:00","user_agent":"curl","address":"::1","current":true}`,
		},
		"SessionDetailOfAnotherOne": {
			object.SessionDetail(session, id.Session{UUID: id.UUID(raw(t, one))}),
			`{"id":"` + sess + `","created_at":"2026-02-19T12:00:00Z","expires_at":"2026-02-19T12:00:00.123456+00:00","user_agent":"curl","address":"::1","current":false}`,
		},
		"Room": {object.Room(room), roomJSON},
		"RoomWithSettings": {
			object.Room(full),
			`{"id":"` + hall + `","name":"attic","owner":"` + ann + `","settings":{"description":"","is_private":true,"max_members":7},"created_at":"2026-02-19T12:00:00Z"}`,
		},
		"RoomItem": {
			object.RoomItem(&roomv1.RoomItem{Room: room, MemberCount: 3, IsMember: true}),
			`{"room":` + roomJSON + `,"member_count":3,"is_member":true}`,
		},
		"Membership": {
			object.Membership(member),
			`{"room_id":"` + hall + `","user_id":"` + bob + `","role":"moderator","joined_at":"2026-02-19T12:00:00Z"}`,
		},
		"Member": {
			object.Member(member, "bob", true),
			`{"user_id":"` + bob + `","username":"bob","role":"moderator","joined_at":"2026-02-19T12:00:00Z","is_online":true}`,
		},
		"MessageInRoom": {
			object.Message(said),
			`{"id":"` + one + `","author":"` + ann + `","target":{"type":"room","room_id":"` + hall + `"},"content":"hi","edited":false,"created_at":"2026-02-19T12:00:00Z","conversation":"` + hall + `","seq":7,"client_msg_id":"c1"}`,
		},
		"DeletedDirectMessage": {
			object.Message(direct),
			`{"id":"` + one + `","author":"` + ann + `","target":{"type":"dm","recipient":"` + bob + `"},"content":"","edited":true,"deleted":true,"created_at":"2026-02-19T12:00:00Z","conversation":"` + hall + `","seq":8}`,
		},
		"RoomConversation": {
			object.Conversation(&messagev1.Conversation{
				Id: raw(t, hall), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, Head: 9, Left: true,
			}),
			`{"conversation":"` + hall + `","kind":"room","seq":9,"after":0,"left":true}`,
		},
		"DirectConversation": {
			object.Conversation(&messagev1.Conversation{
				Id: raw(t, one), Kind: eventv1.ConversationKind_CONVERSATION_KIND_DIRECT, PeerId: raw(t, bob),
			}),
			`{"conversation":"` + one + `","kind":"dm","peer":"` + bob + `","seq":0,"after":0}`,
		},
		"ConversationAdded": {
			object.ConversationAdded(&eventv1.UserEvent{Seq: 4, Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{
				ConversationAdded: &eventv1.ConversationAdded{
					ConversationId: raw(t, hall), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, FirstSeq: 2,
				},
			}}}),
			`{"type":"conversation_added","user_seq":4,"conversation":"` + hall + `","kind":"room","first_seq":2}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(tt.got)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for r, want := range map[eventv1.Role]string{
		eventv1.Role_ROLE_MEMBER: "member", eventv1.Role_ROLE_MODERATOR: "moderator", eventv1.Role_ROLE_OWNER: "owner",
		eventv1.Role_ROLE_UNSPECIFIED: "member", 99: "member",
	} {
		if got := object.Role(r); got != want {
			t.Errorf("role %v is %q, want %q", r, got, want)
		}
	}
	for r, want := range map[eventv1.LeaveReason]string{
		eventv1.LeaveReason_LEAVE_REASON_LEFT: "left", eventv1.LeaveReason_LEAVE_REASON_KICKED: "kicked",
		eventv1.LeaveReason_LEAVE_REASON_BANNED: "banned", eventv1.LeaveReason_LEAVE_REASON_ROOM_DELETED: "room deleted",
		eventv1.LeaveReason_LEAVE_REASON_UNSPECIFIED: "left",
	} {
		if got := object.Reason(r); got != want {
			t.Errorf("reason %v is %q, want %q", r, got, want)
		}
	}
}

func TestNothingIsZeroAndNoPanic(t *testing.T) {
	if u := object.User(nil); !u.ID.IsZero() {
		t.Error("a user of nothing has an id")
	}
	if r := object.Room(nil); r.Settings.Description != nil || r.Settings.MaxMembers != nil {
		t.Error("a room of nothing has settings")
	}
	if !object.UserID([]byte("short")).IsZero() {
		t.Error("five bytes are an id")
	}
}
