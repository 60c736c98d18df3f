package lair_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func TestReadingIsRequested(t *testing.T) {
	s, api := stubbed(t)
	user, room := id.User{UUID: id.UUID{15: 5}}, id.Room{UUID: id.UUID{15: 3}}
	s.answer = `{"conversation":"` + room.String() + `","read_seq":7}`
	got, err := api.MarkRead(t.Context(), clientv1.ToRoom(room), 9)
	must(t, err)
	if got.ReadSeq != 7 || got.Conversation != room.Conversation() {
		t.Errorf("got %+v", got)
	}
	if want := `{"target":{"type":"room","room_id":"` + room.String() + `"},"seq":9}`; s.method+s.uri != "POST/api/v1/messages/read" || s.body != want {
		t.Errorf("asked %s %s %s", s.method, s.uri, s.body)
	}
	_, err = api.MarkRead(t.Context(), clientv1.ToUser(user), 0)
	must(t, err)
	if want := `{"target":{"type":"direct_message","recipient":"` + user.String() + `"}}`; s.body != want {
		t.Errorf("asked %s", s.body)
	}
	s.answer = `{"user":{},"unread_counts":{"` + room.String() + `":3}}`
	counts, err := api.Unread(t.Context())
	must(t, err)
	if len(counts) != 1 || counts[room.Conversation()] != 3 {
		t.Errorf("got %v", counts)
	}
}
