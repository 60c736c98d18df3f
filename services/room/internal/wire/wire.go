// Package wire turns the values of rooms into protobuf messages, and rings the
// bus.
package wire

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/tracing"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/room/internal/membership"
)

// Room returns r as it travels.
func Room(r membership.Room) *eventv1.Room {
	return &eventv1.Room{
		Id: r.ID.Bytes(), Name: r.Name, OwnerId: r.Owner.Bytes(), Description: r.Description,
		IsPrivate: r.Private, MaxMembers: r.MaxMembers, Moderated: r.Moderated, CreatedAt: r.CreatedAt.UnixMicro(),
	}
}

// Member returns m as it travels.
func Member(m journal.Member) *roomv1.Member {
	return &roomv1.Member{
		RoomId: m.Conversation.Bytes(), UserId: m.User.Bytes(), Role: Role(m.Role), JoinedAt: m.JoinedAt.UnixMicro(),
		MutedUntil: micros(m.MutedUntil),
	}
}

// Role returns r as it travels.
func Role(r journal.Role) eventv1.Role {
	switch r {
	case journal.Owner:
		return eventv1.Role_ROLE_OWNER
	case journal.Moderator:
		return eventv1.Role_ROLE_MODERATOR
	case journal.Plain:
	}
	return eventv1.Role_ROLE_MEMBER
}

// Wire implements membership.Wire. It is safe for concurrent use.
type Wire struct {
	Bus bus.Bus
	Log *slog.Logger
}

// Joined implements membership.Wire.
func (Wire) Joined(u id.User, r journal.Role, created bool) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MemberJoined{MemberJoined: &eventv1.MemberJoined{
		UserId: u.Bytes(), Role: Role(r), Created: created,
	}}})
}

// Left implements membership.Wire.
func (Wire) Left(u id.User) []byte {
	return marshal(&eventv1.Body{Kind: &eventv1.Body_MemberLeft{MemberLeft: &eventv1.MemberLeft{
		UserId: u.Bytes(), Reason: eventv1.LeaveReason_LEAVE_REASON_LEFT,
	}}})
}

// Added implements membership.Wire.
func (Wire) Added(c id.Conversation, first int64) []byte {
	return marshal(&eventv1.UserBody{Kind: &eventv1.UserBody_ConversationAdded{ConversationAdded: &eventv1.ConversationAdded{
		ConversationId: c.Bytes(), Kind: eventv1.ConversationKind_CONVERSATION_KIND_ROOM, FirstSeq: first,
	}}})
}

// announceTime bounds the ringing: the answer to the user waits for it, and
// gateways find out by themselves soon enough.
const announceTime = 500 * time.Millisecond

// Announce implements membership.Wire.
func (w Wire) Announce(ctx context.Context, events []journal.Event, mine ...journal.UserEvent) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), announceTime)
	defer cancel()
	var bells []bus.Message
	for _, e := range mine {
		u := &eventv1.UserEvent{UserId: e.User.Bytes(), Seq: e.Seq, At: e.At.UnixMicro(), Body: &eventv1.UserBody{}}
		unmarshal(e.Body, u.GetBody())
		bells = append(bells, bus.Message{
			Topic: "user." + e.User.String(),
			Data:  marshal(&eventv1.Bell{UserEvents: []*eventv1.UserEvent{u}, Head: e.Seq}),
		})
	}
	if n := len(events); n > 0 {
		bell, parent := &eventv1.Bell{Head: events[n-1].Seq}, tracing.Parent(ctx)
		for _, e := range events {
			c := &eventv1.Event{
				ConversationId: e.Conversation.Bytes(), Seq: e.Seq, At: e.At.UnixMicro(), ActorId: e.Actor.Bytes(), Body: &eventv1.Body{},
				Trace: parent,
			}
			unmarshal(e.Body, c.GetBody())
			bell.Events = append(bell.Events, c)
		}
		bells = append(bells, bus.Message{Topic: "conversation." + events[0].Conversation.String(), Data: marshal(bell)})
	}
	if err := w.Bus.Publish(ctx, bells...); err != nil {
		w.Log.WarnContext(ctx, "bells were not rung", "bells", len(bells), "err", err)
	}
}

func marshal(m proto.Message) []byte {
	data, err := proto.Marshal(m)
	if err != nil {
		panic(err) // messages of ids and numbers
	}
	return data
}

func unmarshal(data []byte, m proto.Message) {
	if err := proto.Unmarshal(data, m); err != nil {
		panic(err) // marshal made it
	}
}
