package httpapi_test

import (
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestMessagesAreChanged(t *testing.T) {
	w := newWorld(t)
	m := hi()
	m.EditedAt = noon + 1
	play(w, true, &messagev1.EditMessageRequest{MessageId: raw(one), ContentType: "text/plain", Content: []byte("hi")},
		&messagev1.EditMessageResponse{Message: m})
	want(t, w.do("PATCH", "/api/v1/messages/"+one, `{"content":"hi"}`), 200,
		`{"message":`+strings.Replace(hiJSON, `"edited":false`, `"edited":true`, 1)+`}`)
	play(w, true, &messagev1.DeleteMessageRequest{MessageId: raw(one)}, &messagev1.DeleteMessageResponse{})
	want(t, w.do("DELETE", "/api/v1/messages/"+one, ""), 200, ok)
}

func TestRefusedChanges(t *testing.T) {
	w := newWorld(t)
	refused(t, w.do("PATCH", "/api/v1/messages/it", `{"content":"hi"}`), 404, "message_not_found")
	refused(t, w.do("DELETE", "/api/v1/messages/it", ""), 404, "message_not_found")
	refused(t, w.do("PATCH", "/api/v1/messages/"+one, `{}`), 422, "validation_failed")
	refused(t, w.do("PATCH", "/api/v1/messages/"+one, `{"content":"a\u0000"}`), 400, "content_invalid")
	for status, err := range map[int]error{
		403: fault.New(fault.Denied, "not_message_author", "no"),
		404: fault.New(fault.NotFound, "message_not_found", "no"),
		409: fault.New(fault.Conflict, "message_deleted", "no"),
	} {
		backendtest.Fail[*messagev1.EditMessageRequest](w.Services, err)
		refused(t, w.do("PATCH", "/api/v1/messages/"+one, `{"content":"hi"}`), status, fault.CodeOf(err))
	}
	backendtest.Fail[*messagev1.DeleteMessageRequest](w.Services, fault.New(fault.Denied, "permission_denied", "no"))
	refused(t, w.do("DELETE", "/api/v1/messages/"+one, ""), 403, "permission_denied")
	for _, method := range []string{"PATCH", "DELETE"} {
		refused(t, w.do(method, "/api/v1/messages/"+one, "", "Authorization: "), 401, "missing_token")
	}
}
