package source_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/source"
)

var (
	hall = id.Conversation{UUID: id.New()}
	ann  = id.User{UUID: id.New()}
)

func TestEventsOfAConversation(t *testing.T) {
	s := backendtest.New(t)
	src := source.Source{Messages: s.Messages}
	backendtest.On(s, func(_ context.Context, r *messagev1.ListEventsRequest) (*messagev1.ListEventsResponse, error) {
		if !bytes.Equal(r.GetConversationId(), hall.Bytes()) || r.GetAfterSeq() != 6 || r.GetLimit() != 2 {
			t.Errorf("asked for %v", r)
		}
		return &messagev1.ListEventsResponse{Events: []*eventv1.Event{{Seq: 7}, {Seq: 8}}, Head: 9, Left: true}, nil
	})
	p, left, err := src.Missed(t.Context(), hub.Conversation(hall), 6, 2)
	if err != nil || !left || p.Reset || p.Head != 9 || len(p.Events) != 2 || p.Events[1].Seq() != 8 {
		t.Errorf("%+v, %v, %v", p, left, err)
	}
	p, err = src.Events(t.Context(), hub.Conversation(hall), 6, 2)
	if err != nil || p.Head != 9 || len(p.Events) != 2 || p.Events[0].Conversation.GetSeq() != 7 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestEventsOfAUser(t *testing.T) {
	s := backendtest.New(t)
	backendtest.On(s, func(_ context.Context, r *messagev1.ListUserEventsRequest) (*messagev1.ListUserEventsResponse, error) {
		if !bytes.Equal(r.GetUserId(), ann.Bytes()) || r.GetAfterSeq() != 3 || r.GetLimit() != 10 {
			t.Errorf("asked for %v", r)
		}
		return &messagev1.ListUserEventsResponse{Events: []*eventv1.UserEvent{{Seq: 4}}, Head: 5}, nil
	})
	p, err := source.Source{Messages: s.Messages}.Events(t.Context(), hub.User(ann), 3, 10)
	if err != nil || p.Reset || p.Head != 5 || len(p.Events) != 1 || p.Events[0].User.GetSeq() != 4 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestResetIsPassedOn(t *testing.T) {
	s := backendtest.New(t)
	src := source.Source{Messages: s.Messages}
	backendtest.On(s, func(context.Context, *messagev1.ListEventsRequest) (*messagev1.ListEventsResponse, error) {
		return &messagev1.ListEventsResponse{Head: 40, Reset_: true}, nil
	})
	backendtest.On(s, func(context.Context, *messagev1.ListUserEventsRequest) (*messagev1.ListUserEventsResponse, error) {
		return &messagev1.ListUserEventsResponse{Head: 50, Reset_: true}, nil
	})
	for k, head := range map[hub.Key]int64{hub.Conversation(hall): 40, hub.User(ann): 50} {
		if p, err := src.Events(t.Context(), k, 1, 10); err != nil || !p.Reset || p.Head != head {
			t.Errorf("%s: %+v, %v", k.Topic(), p, err)
		}
	}
}

func TestHeadsOfBothKinds(t *testing.T) {
	s := backendtest.New(t)
	unknown := id.Conversation{UUID: id.New()}
	backendtest.On(s, func(_ context.Context, r *messagev1.HeadsRequest) (*messagev1.HeadsResponse, error) {
		if len(r.GetConversationIds()) != 2 || len(r.GetUserIds()) != 1 {
			t.Errorf("asked for %v", r)
		}
		return &messagev1.HeadsResponse{
			Conversations: []*messagev1.Head{{Id: hall.Bytes(), Seq: 7}}, Users: []*messagev1.Head{{Id: ann.Bytes(), Seq: 3}},
		}, nil
	})
	got, err := source.Source{Messages: s.Messages}.Heads(t.Context(),
		[]hub.Key{hub.Conversation(hall), hub.User(ann), hub.Conversation(unknown)})
	if err != nil || len(got) != 2 || got[hub.Conversation(hall)] != 7 || got[hub.User(ann)] != 3 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestErrorsArePassedOn(t *testing.T) {
	s := backendtest.New(t)
	src := source.Source{Messages: s.Messages}
	down := fault.New(fault.Unavailable, "unavailable", "try again")
	backendtest.On(s, func(context.Context, *messagev1.ListEventsRequest) (*messagev1.ListEventsResponse, error) {
		return nil, down
	})
	backendtest.On(s, func(context.Context, *messagev1.ListUserEventsRequest) (*messagev1.ListUserEventsResponse, error) {
		return nil, down
	})
	backendtest.On(s, func(context.Context, *messagev1.HeadsRequest) (*messagev1.HeadsResponse, error) { return nil, down })
	_, _, inRoom := src.Missed(t.Context(), hub.Conversation(hall), 1, 1)
	_, _, own := src.Missed(t.Context(), hub.User(ann), 1, 1)
	_, heads := src.Heads(t.Context(), []hub.Key{hub.User(ann)})
	for _, err := range []error{inRoom, own, heads} {
		if fault.CodeOf(err) != "unavailable" {
			t.Error(err)
		}
	}
}
