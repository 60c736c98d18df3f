package lair_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/id"
)

func TestChangesAreRequested(t *testing.T) {
	s, api := stubbed(t)
	m := id.Message{UUID: id.UUID{15: 4}}
	wanted := func(want string) {
		t.Helper()
		if got := s.method + " " + s.uri + " " + s.body; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	s.answer = `{"message":{"content":"hi!","edited":true}}`
	got, err := api.EditMessage(t.Context(), m, "hi!")
	must(t, err)
	if got.Content != "hi!" || !got.Edited {
		t.Errorf("got %+v", got)
	}
	wanted("PATCH /api/v1/messages/" + m.String() + ` {"content":"hi!"}`)
	s.answer = `{"success":true}`
	must(t, api.DeleteMessage(t.Context(), m))
	wanted("DELETE /api/v1/messages/" + m.String() + " ")
}
