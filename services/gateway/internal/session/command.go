package session

import (
	"cmp"
	"context"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/tracing"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// command handles what a user may say, but sends.
func (s *Session) command(ctx context.Context, c *clientv1.Command) {
	switch c.Type {
	case clientv1.TypeLogout:
		s.gate.unregister(s) // so that the end of the login does not overtake the answer
		err := s.gate.needs.Backend.Logout(ctx)
		s.state = closing
		s.note(response(c, err))
		s.link.End(s.Form().Encode(response(c, err)), clientv1.CloseSessionRevoked)
	case clientv1.TypeResume:
		s.resume(ctx, c)
	case clientv1.TypeTyping:
		s.typing(ctx, c)
	case clientv1.TypeGetMessages:
		s.push(s.getMessages(ctx, c))
	case clientv1.TypeEditMessage:
		s.reply(s.editMessage(ctx, c))
	case clientv1.TypeDeleteMessage:
		s.reply(s.deleteMessage(ctx, c))
	case clientv1.TypeCreateRoom:
		room, err := s.gate.needs.Backend.CreateRoom(ctx, *c.Name, c.Description, c.Settings)
		r := clientv1.RoomResponse{Response: response(c, err)}
		if err == nil {
			r.Room = &room
		}
		s.reply(r)
	case clientv1.TypeGetRoom:
		s.reply(s.getRoom(ctx, c))
	case clientv1.TypeListRooms:
		s.reply(s.listRooms(ctx, c))
	case clientv1.TypeJoinRoom:
		s.reply(s.joinRoom(ctx, c))
	case clientv1.TypeLeaveRoom:
		room, err := roomID(c)
		if err == nil {
			err = s.gate.needs.Backend.LeaveRoom(ctx, room)
		}
		s.reply(response(c, err))
	case clientv1.TypeGetUser:
		s.reply(s.getUser(ctx, c))
	case clientv1.TypeGetCurrentUser:
		user, _, err := s.gate.needs.Backend.CheckSession(ctx)
		s.reply(userResponse(c, user, err))
	case clientv1.TypeListUsers:
		s.reply(s.listUsers(ctx, c))
	case clientv1.TypeKeyExchange:
		s.pushError(c.RequestID, s.lateKey())
	case clientv1.TypeInviteToRoom, clientv1.TypeAcceptInvitation, clientv1.TypeDeclineInvitation, clientv1.TypeListInvitations:
		s.reply(s.invitation(ctx, c))
	default: // what belongs before login
		s.pushError(c.RequestID, errState)
	}
}

// send hands a message on and keeps a place for its answer.
func (s *Session) send(c *clientv1.Command) {
	place := s.answers.reserve()
	begun := time.Now()
	ctx, span := s.gate.begin(context.Background(), c.Type)
	s.outcome = ""                    // it is open
	room, user, _ := c.Target.Parse() // the decoder has checked it
	req := &messagev1.Draft{
		UserId: s.user.Bytes(), SessionId: s.login.Bytes(), ContentType: "text/plain", Content: []byte(*c.Content),
		Trace: tracing.Parent(ctx), SentAt: begun.UnixMicro(),
	}
	if c.Target.Type == clientv1.TargetRoom {
		req.Target = &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: room.Bytes()}}
	} else {
		req.Target = &messagev1.Target{To: &messagev1.Target_UserId{UserId: user.Bytes()}}
	}
	if c.ClientMsgID != nil {
		req.ClientMsgId = *c.ClientMsgID
	} else {
		req.ClientMsgId = id.New().String() // so that our own repeats are harmless
	}
	s.gate.needs.Sender.Submit(s.key, req, func(m clientv1.Message, err error) {
		r := clientv1.MessageResponse{Response: response(c, err)}
		if err == nil {
			r.Message = &m
			s.gate.needs.Stats.Sent(ctx, time.Since(begun))
		}
		s.gate.measure(ctx, c.Type, cmp.Or(r.ErrorCode(), CodeOK), begun)
		span.End()
		if err := s.answers.fill(place, s.Form().Encode(r)); err != nil {
			s.overflow(err)
		}
	})
}

// getMessages leaves out what does not go into one frame: the client gets it
// with its next page.
func (s *Session) getMessages(ctx context.Context, c *clientv1.Command) []byte {
	body, err := s.gate.needs.Backend.ListMessages(ctx, *c.Target, backend.Bounds{
		Before: c.Before, After: c.After, BeforeSeq: c.BeforeSeq, AfterSeq: c.AfterSeq,
	}, c.Limit)
	r := clientv1.MessagesResponse{Response: response(c, err), Messages: body.Messages, HasMore: body.HasMore}
	s.note(r)
	for {
		frames := s.Form().Encode(r)
		n := len(r.Messages)
		if len(frames) <= frame.MaxText || n < 2 {
			return frames
		}
		if r.HasMore = true; c.After != nil || c.AfterSeq != nil {
			r.Messages = r.Messages[n/2:] // the oldest are next to the bound
		} else {
			r.Messages = r.Messages[:n/2]
		}
	}
}

func (s *Session) getRoom(ctx context.Context, c *clientv1.Command) any {
	room, err := roomID(c)
	var body clientv1.RoomDetailBody
	if err == nil {
		body, err = s.gate.needs.Backend.GetRoom(ctx, room)
	}
	r := clientv1.RoomResponse{Response: response(c, missing(err)), MemberCount: &body.MemberCount}
	if err == nil {
		r.Room, r.Membership = &body.Room, body.Membership
	}
	return r
}

func (s *Session) listRooms(ctx context.Context, c *clientv1.Command) any {
	q := backend.RoomQuery{Page: page(c)}
	if f := c.Filter; f != nil {
		q.JoinedOnly, q.PublicOnly = f.JoinedOnly, f.PublicOnly
		if f.Search != nil {
			q.Search = *f.Search
		}
	}
	body, err := s.gate.needs.Backend.ListRooms(ctx, q)
	return clientv1.RoomsResponse{
		Response: response(c, err), Rooms: body.Rooms, HasMore: body.HasMore, TotalCount: body.TotalCount,
	}
}

func (s *Session) joinRoom(ctx context.Context, c *clientv1.Command) any {
	room, err := roomID(c)
	var body clientv1.JoinBody
	if err == nil {
		body, err = s.gate.needs.Backend.JoinRoom(ctx, room)
	}
	r := clientv1.RoomResponse{Response: response(c, err)}
	if err == nil {
		r.Room, r.Membership = &body.Room, &body.Membership
	}
	return r
}

func (s *Session) getUser(ctx context.Context, c *clientv1.Command) any {
	u, err := id.Parse(*c.UserID)
	if err != nil {
		return userResponse(c, clientv1.User{}, errID)
	}
	item, err := s.gate.needs.Backend.GetUser(ctx, id.User{UUID: u})
	return userResponse(c, item.User, missing(err))
}

func userResponse(c *clientv1.Command, user clientv1.User, err error) clientv1.UserResponse {
	r := clientv1.UserResponse{Response: response(c, err)}
	if err == nil {
		r.User = &user
	}
	return r
}

func (s *Session) listUsers(ctx context.Context, c *clientv1.Command) any {
	q := backend.UserQuery{Page: page(c)}
	if f := c.Filter; f != nil {
		q.OnlineOnly = f.OnlineOnly
		if f.Search != nil {
			q.Search = *f.Search
		}
	}
	body, err := s.gate.needs.Backend.ListUsers(ctx, q)
	r := clientv1.UsersResponse{Response: response(c, err), HasMore: body.HasMore, TotalCount: body.TotalCount}
	if err == nil {
		r.Users = make([]clientv1.User, len(body.Users))
		for i, item := range body.Users {
			r.Users[i] = item.User
		}
		// Who is online is a courtesy; the list is good without it.
		r.OnlineUserIDs, _ = s.gate.needs.Backend.Online(ctx)
	}
	return r
}

// How often typing is passed on: in one conversation, and in any.
const (
	typingEvery = 3 * time.Second
	typingAny   = 500 * time.Millisecond
)

// typing has no answer, whatever comes of it.
func (s *Session) typing(ctx context.Context, c *clientv1.Command) {
	room, peer, _ := c.Target.Parse() // the decoder has checked it
	conversation := room.Conversation()
	req := &presencev1.TypingRequest{}
	if c.Target.Type != clientv1.TargetRoom {
		conversation = id.Direct(s.user, peer)
		req.RecipientId = peer.Bytes()
	}
	k := hub.Conversation(conversation)
	quiet := time.Since(s.typedAt)
	if quiet < typingAny || (k == s.typed && quiet < typingEvery) || !s.gate.needs.Hub.Follows(s, k) {
		return
	}
	s.typed, s.typedAt = k, time.Now()
	req.ConversationId = conversation.Bytes()
	if _, err := s.gate.needs.Backend.Presence.Typing(ctx, req); err != nil {
		s.gate.needs.Log.DebugContext(ctx, "typing was not passed on", "err", err)
	}
}

var errID = fault.New(fault.Invalid, "validation_failed", "an id is not valid")

func roomID(c *clientv1.Command) (id.Room, error) {
	u, err := id.Parse(*c.RoomID)
	if err != nil {
		return id.Room{}, errID
	}
	return id.Room{UUID: u}, nil
}

func page(c *clientv1.Command) backend.Page {
	p := backend.Page{Limit: c.Limit}
	if c.Offset != nil {
		p.Offset = *c.Offset
	}
	return p
}

// missing gives what is not found the code that 0.8 gives it in get_room and
// get_user.
func missing(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fault.New(fault.NotFound, "not_found", "there is no such thing")
	}
	return err
}
