package legacy

import (
	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
)

func joined(u id.UUID, role int64, created bool) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MemberJoined{MemberJoined: &eventv1.MemberJoined{
		UserId: u.Bytes(), Role: eventv1.Role(role), Created: created, //nolint:gosec // one of three
	}}})
}

// added says that a user is part of a room, or, with a peer, of a direct conversation.
func added(c, peer id.UUID, first int64) []byte {
	a := &eventv1.ConversationAdded{
		ConversationId: c.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, FirstSeq: first,
	}
	if !peer.IsZero() {
		a.Kind, a.PeerId = eventv1.ConversationKind_CONVERSATION_KIND_DIRECT, peer.Bytes()
	}
	return marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{ConversationAdded: a}})
}

func invited(i *eventv1.Invitation) []byte {
	return marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_InvitationReceived{
		InvitationReceived: &eventv1.InvitationReceived{Invitation: i},
	}})
}

func marshal(m proto.Message) []byte {
	data, err := proto.Marshal(m)
	if err != nil {
		panic(err) // messages of ids and numbers
	}
	return data
}
