package rpc_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

func joined(u id.User, r eventv1.Role, created bool) *eventv1.Body {
	return &eventv1.Body{Kind: &eventv1.Body_MemberJoined{MemberJoined: &eventv1.MemberJoined{
		UserId: u.Bytes(), Role: r, Created: created,
	}}}
}

func conversationBell(room []byte, seq int64, actor id.User, body *eventv1.Body) *eventv1.Bell {
	return &eventv1.Bell{Head: seq, Events: []*eventv1.Event{{
		ConversationId: room, Seq: seq, At: at.UnixMicro(), ActorId: actor.Bytes(), Body: body,
	}}}
}

func userBell(u id.User, seq int64, room []byte, first int64) *eventv1.Bell {
	return &eventv1.Bell{Head: seq, UserEvents: []*eventv1.UserEvent{{
		UserId: u.Bytes(), Seq: seq, At: at.UnixMicro(),
		Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{ConversationAdded: &eventv1.ConversationAdded{
			ConversationId: room, Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, FirstSeq: first,
		}}},
	}}}
}

func TestOwnerHearsOfItsNewRoom(t *testing.T) {
	w := setup(t)
	ann := w.user(t)
	ear := w.listen(t, "user."+ann.String())
	hall := w.room(t, ann, "hall")
	den := w.room(t, ann, "den")
	same(t, hear(t, ear), userBell(ann, 1, hall, 1))
	same(t, hear(t, ear), userBell(ann, 2, den, 1))
}

func TestEveryChangeRingsItsRoom(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	ear := w.listen(t, "conversation."+id.UUID(hall).String())
	mine := w.listen(t, "user."+bob.String())
	for range 2 {
		if _, err := w.JoinRoom(as(t, bob), &roomv1.JoinRoomRequest{RoomId: hall}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.LeaveRoom(as(t, bob), &roomv1.LeaveRoomRequest{RoomId: hall}); err != nil {
			t.Fatal(err)
		}
	}
	left := &eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{
		UserId: bob.Bytes(), Reason: eventv1.LeaveReason_LEAVE_REASON_LEFT,
	}}}
	for seq := int64(2); seq <= 4; seq += 2 {
		same(t, hear(t, ear), conversationBell(hall, seq, bob, joined(bob, eventv1.Role_ROLE_MEMBER, false)))
		same(t, hear(t, ear), conversationBell(hall, seq+1, bob, left))
		same(t, hear(t, mine), userBell(bob, seq/2, hall, seq)) // leaving rings only the room
	}
	mine.Nothing(t)
}

// TestRefusalRingsNothing: the next bell after refusals is that of the next
// success.
func TestRefusalRingsNothing(t *testing.T) {
	w := setup(t)
	ann, bob := w.user(t), w.user(t)
	hall := w.room(t, ann, "hall")
	ear := w.listen(t, "conversation."+id.UUID(hall).String())
	mine := w.listen(t, "user."+ann.String())
	if _, err := w.JoinRoom(as(t, ann), &roomv1.JoinRoomRequest{RoomId: hall}); err == nil {
		t.Error("joined twice")
	}
	if _, err := w.LeaveRoom(as(t, ann), &roomv1.LeaveRoomRequest{RoomId: hall}); err == nil {
		t.Error("the last owner left")
	}
	if _, err := w.CreateRoom(as(t, ann), &roomv1.CreateRoomRequest{Name: "hall"}); err == nil {
		t.Error("the name was taken twice")
	}
	if _, err := w.JoinRoom(as(t, bob), &roomv1.JoinRoomRequest{RoomId: hall}); err != nil {
		t.Fatal(err)
	}
	den := w.room(t, ann, "den")
	same(t, hear(t, ear), conversationBell(hall, 2, bob, joined(bob, eventv1.Role_ROLE_MEMBER, false)))
	same(t, hear(t, mine), userBell(ann, 2, den, 1))
}
