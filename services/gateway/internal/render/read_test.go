package render_test

import (
	"testing"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/render"
)

func TestReadMarksAreForClientsThatResume(t *testing.T) {
	v, plain := render.Renderer{Directory: names{}}.Event(t.Context(), &hub.Event{User: &eventv1.UserEvent{
		Seq: 4, Body: &eventv1.UserBody{Kind: &eventv1.UserBody_ReadMarked{
			ReadMarked: &eventv1.ReadMarked{ConversationId: raw(hall), Seq: 7},
		}},
	}})
	if plain {
		t.Error("plain clients get it")
	}
	wantJSON(t, v, `{"type":"read_marked","user_seq":4,"conversation":"`+hall+`","read_seq":7}`)
}
