package rpc_test

import (
	"context"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

func (s *store) Count(context.Context) (int64, bool, error) { return 7, false, nil }

func TestOnlyGatewaysCountMessages(t *testing.T) {
	server, _ := newServer(t)
	res, err := dial(t, server, "gateway").CountMessages(t.Context(), &messagev1.CountMessagesRequest{})
	if err != nil || res.GetTotal() != 7 || res.GetExact() {
		t.Errorf("got %v, %v", res, err)
	}
	_, err = dial(t, server, "room").CountMessages(t.Context(), &messagev1.CountMessagesRequest{})
	if fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v", err)
	}
}
