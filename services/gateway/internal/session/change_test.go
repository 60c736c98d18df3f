package session_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestMessagesAreChanged(t *testing.T) {
	run(t, func(w *world) {
		m := id.New()
		edit := play[*messagev1.EditMessageRequest](w, &messagev1.EditMessageResponse{Message: &eventv1.Message{
			Id: m.Bytes(), ConversationId: hall.Bytes(), Seq: 7, Content: []byte("hi!"), EditedAt: 1,
		}})
		remove := play[*messagev1.DeleteMessageRequest](w, &messagev1.DeleteMessageResponse{})
		c := w.enter("ann", "")
		which := `"message_id":"` + m.String() + `"`
		c.ask(`{"type":"edit_message","request_id":"e1",`+which+`,"content":"hi!"}`,
			`{"type":"edit_message_response","request_id":"e1","success":true,"message":{"content":"hi!","edited":true,"seq":7}}`)
		if q := edit.last(t); string(q.GetContent()) != "hi!" || id.UUID(q.GetMessageId()) != m || q.GetContentType() != "text/plain" {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"delete_message",`+which+`}`, `{"type":"delete_message_response","success":true}`)
		if q := remove.last(t); id.UUID(q.GetMessageId()) != m {
			t.Errorf("asked %v", q)
		}
		c.Close()
	})
}

func TestARefusedChangeHasACode(t *testing.T) {
	run(t, func(w *world) {
		backendtest.Fail[*messagev1.EditMessageRequest](w.Services, fault.New(fault.Denied, "not_message_author", "no"))
		backendtest.Fail[*messagev1.DeleteMessageRequest](w.Services, fault.New(fault.NotFound, "message_not_found", "no"))
		c := w.enter("ann", "")
		which := `"message_id":"` + id.New().String() + `"`
		for command, want := range map[string]string{
			`"edit_message",` + which + `,"content":"x"`:   `"error":{"code":"not_message_author"},"message":null`,
			`"edit_message","message_id":"x","content":""`: `"error":{"code":"invalid_id"},"message":null`,
			`"delete_message",` + which:                    `"error":{"code":"message_not_found"}`,
			`"delete_message","message_id":""`:             `"error":{"code":"invalid_id"}`,
		} {
			c.ask(`{"type":`+command+`}`, `{"success":false,`+want+`}`)
		}
		c.Close()
	})
}
