package httpapi_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestReading(t *testing.T) {
	w := newWorld(t)
	toHall := &messagev1.Target{To: &messagev1.Target_RoomId{RoomId: raw(hall)}}
	toBob := &messagev1.Target{To: &messagev1.Target_UserId{UserId: raw(bob)}}
	res := &messagev1.MarkReadResponse{ConversationId: raw(hall), Seq: 9}
	const answer = `{"conversation":"` + hall + `","read_seq":9}`
	play(w, true, &messagev1.MarkReadRequest{Target: toHall, Seq: 7}, res)
	want(t, w.do("POST", "/api/v1/messages/read", `{"target":{"type":"room","room_id":"`+hall+`"},"seq":7}`), 200, answer)
	play(w, true, &messagev1.MarkReadRequest{Target: toBob}, res)
	want(t, w.do("POST", "/api/v1/messages/read", `{"target":{"type":"dm","recipient":"`+bob+`"}}`), 200, answer)

	refused(t, w.do("POST", "/api/v1/messages/read", `{"seq":7}`), 422, "validation_failed")
	refused(t, w.do("POST", "/api/v1/messages/read", `{"target":{"type":"room","room_id":"it"}}`), 404, "room_not_found")
	refused(t, w.do("POST", "/api/v1/messages/read", `{"target":{"type":"room","room_id":"`+hall+`"},"seq":0}`), 400, "validation_failed")
	backendtest.Fail[*messagev1.MarkReadRequest](w.Services, fault.New(fault.Denied, "not_room_member", "no"))
	refused(t, w.do("POST", "/api/v1/messages/read", `{"target":{"type":"room","room_id":"`+hall+`"}}`), 403, "not_room_member")
}

func TestMeHasUnreadCountsIfTheyCanBeHad(t *testing.T) {
	w := newWorld(t)
	play(w, true, &authv1.CheckSessionRequest{}, &authv1.CheckSessionResponse{User: annUser(), Session: session()})
	play(w, true, &messagev1.ListUnreadRequest{}, &messagev1.ListUnreadResponse{
		Conversations: []*messagev1.Unread{{ConversationId: raw(hall), Count: 3}},
	})
	want(t, w.do("GET", "/api/v1/users/me", ""), 200, `{"user":`+annJSON+`,"unread_counts":{"`+hall+`":3}}`)
	play(w, true, &messagev1.ListUnreadRequest{}, &messagev1.ListUnreadResponse{})
	want(t, w.do("GET", "/api/v1/users/me", ""), 200, `{"user":`+annJSON+`,"unread_counts":{}}`)
	backendtest.Fail[*messagev1.ListUnreadRequest](w.Services, fault.New(fault.Unavailable, "unavailable", "no"))
	want(t, w.do("GET", "/api/v1/users/me", ""), 200, `{"user":`+annJSON+`}`)
}
