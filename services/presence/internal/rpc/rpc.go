// Package rpc is the gRPC and the bus face of the roster: it says who may call
// what and translates, and nothing else.
package rpc

import (
	"context"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

// gateway is the role that holds the users: nobody else knows who is here.
const gateway = "gateway"

// Server implements presencev1.PresenceServiceServer.
type Server struct {
	presencev1.UnimplementedPresenceServiceServer
	Roster *roster.Roster
}

// Report implements presencev1.PresenceServiceServer.
func (s *Server) Report(ctx context.Context, req *presencev1.ReportRequest) (*presencev1.ReportResponse, error) {
	if err := rpc.NeedRole(ctx, gateway); err != nil {
		return nil, err
	}
	arrived, err := users(req.GetArrived())
	if err != nil {
		return nil, err
	}
	departed, err := users(req.GetDeparted())
	if err != nil {
		return nil, err
	}
	if err := s.Roster.Report(ctx, req.GetPod(), arrived, departed); err != nil {
		return nil, err
	}
	return &presencev1.ReportResponse{}, nil
}

// Renew implements presencev1.PresenceServiceServer.
func (s *Server) Renew(ctx context.Context, req *presencev1.RenewRequest) (*presencev1.RenewResponse, error) {
	if err := rpc.NeedRole(ctx, gateway); err != nil {
		return nil, err
	}
	here, err := users(req.GetUserIds())
	if err != nil {
		return nil, err
	}
	if err := s.Roster.Renew(ctx, req.GetPod(), here); err != nil {
		return nil, err
	}
	return &presencev1.RenewResponse{}, nil
}

// Online implements presencev1.PresenceServiceServer.
func (s *Server) Online(ctx context.Context, req *presencev1.OnlineRequest) (*presencev1.OnlineResponse, error) {
	if rpc.PeerRole(ctx) == "" {
		return nil, fault.New(fault.Denied, "permission_denied", "only parts of the system may ask")
	}
	asked, err := users(req.GetUserIds())
	if err != nil {
		return nil, err
	}
	// A limit that does not fit into an int is refused like any other.
	limit := int(min(req.GetLimit(), roster.MaxUsers+1))
	online, total, err := s.Roster.Online(ctx, asked, limit)
	if err != nil {
		return nil, err
	}
	res := &presencev1.OnlineResponse{
		UserIds: make([][]byte, len(online)),
		Total:   uint32(total), //nolint:gosec // people
	}
	for i, u := range online {
		res.UserIds[i] = u.Bytes()
	}
	return res, nil
}

// Typing implements presencev1.PresenceServiceServer.
func (s *Server) Typing(ctx context.Context, req *presencev1.TypingRequest) (*presencev1.TypingResponse, error) {
	if err := rpc.NeedRole(ctx, gateway); err != nil {
		return nil, err
	}
	actor, err := rpc.NeedActor(ctx)
	if err != nil {
		return nil, err
	}
	t := roster.Typing{User: actor.User}
	if t.Conversation.UUID, err = uuid(req.GetConversationId()); err != nil {
		return nil, err
	}
	if to := req.GetRecipientId(); len(to) > 0 {
		if t.Recipient.UUID, err = uuid(to); err != nil {
			return nil, err
		}
	}
	if err := s.Roster.Type(ctx, t); err != nil {
		return nil, err
	}
	return &presencev1.TypingResponse{}, nil
}

func users(raw [][]byte) ([]id.User, error) {
	out := make([]id.User, len(raw))
	for i, b := range raw {
		u, err := uuid(b)
		if err != nil {
			return nil, err
		}
		out[i] = id.User{UUID: u}
	}
	return out, nil
}

func uuid(b []byte) (id.UUID, error) {
	u, err := id.FromBytes(b)
	if err != nil {
		return u, fault.Wrap(err, fault.Invalid, "validation_failed", "an id has 16 bytes")
	}
	return u, nil
}
