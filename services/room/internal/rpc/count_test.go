package rpc_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
)

func TestOnlyGatewaysCountRooms(t *testing.T) {
	w := setup(t)
	w.room(t, w.user(t), "hall")
	res, err := w.CountRooms(t.Context(), &roomv1.CountRoomsRequest{})
	if err != nil || res.GetTotal() != 1 || !res.GetExact() {
		t.Errorf("got %v, %v", res, err)
	}
	if _, err := w.stranger.CountRooms(t.Context(), &roomv1.CountRoomsRequest{}); fault.KindOf(err) != fault.Denied {
		t.Errorf("got %v", err)
	}
}
