package httpapi_test

import (
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestNotice(t *testing.T) {
	w := newWorld(t)
	const path, body = "/api/v1/admin/notices", `{"message":"at noon we move","severity":"warning"}`
	play(w, true, &authv1.SendNoticeRequest{Message: "at noon we move", Severity: "warning"}, &authv1.SendNoticeResponse{})
	want(t, w.do("POST", path, body), 200, ok)
	for _, part := range []string{`{}`, `{"message":"hi"}`, `{"severity":"info"}`} {
		refused(t, w.do("POST", path, part), 422, "validation_failed")
	}
	refused(t, w.do("POST", path, body, "Authorization: "), 401, "missing_token")
	backendtest.Fail[*authv1.SendNoticeRequest](w.Services, fault.New(fault.Denied, "permission_denied", "no"))
	refused(t, w.do("POST", path, body), 403, "permission_denied")
	backendtest.Fail[*authv1.SendNoticeRequest](w.Services, fault.New(fault.Unavailable, "unavailable", "no bus"))
	refused(t, w.do("POST", path, body), 503, "unavailable")
}
