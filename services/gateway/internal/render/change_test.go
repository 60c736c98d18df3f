package render_test

import (
	"testing"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/render"
)

func TestChangesGoToAllClients(t *testing.T) {
	edited := sent()
	m := edited.Conversation.GetBody().GetMessageSent().GetMessage()
	m.EditedAt = noon + 1
	edited.Conversation.Seq = 8
	edited.Conversation.Body = &eventv1.Body{Kind: &eventv1.Body_MessageEdited{MessageEdited: &eventv1.MessageEdited{Message: m}}}
	deletion := func(to []byte) *hub.Event {
		e := event(&eventv1.Body{Kind: &eventv1.Body_MessageDeleted{MessageDeleted: &eventv1.MessageDeleted{MessageId: raw(said), RecipientId: to}}})
		e.Conversation.ActorId = raw(bob)
		return e
	}
	const place = `"conversation":"` + hall + `","seq":`
	for name, test := range map[string]struct {
		e    *hub.Event
		want string
	}{
		"Edited": {
			edited, `{"type":"message_edited",` + place + `8,"message":{"id":"` + said + `","author":"` + ann + `","target":{"type":"room","room_id":"` + hall +
				`"},"content":"hi","edited":true,"created_at":"2026-02-19T12:00:00Z",` + place + `7},"previous_content":""}`,
		},
		"Deleted": {
			deletion(nil), `{"type":"message_deleted",` + place + `7,"message_id":"` + said + `","target":{"type":"room","room_id":"` + hall + `"},"deleted_by":"` + bob + `"}`,
		},
		"DeletedDirect": {
			deletion(raw(ann)), `{"type":"message_deleted",` + place + `7,"message_id":"` + said + `","target":{"type":"dm","recipient":"` + ann + `"},"deleted_by":"` + bob + `"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			v, plain := render.Renderer{Directory: names{}}.Event(t.Context(), test.e)
			if !plain {
				t.Error("plain clients do not get it")
			}
			wantJSON(t, v, test.want)
		})
	}
}
