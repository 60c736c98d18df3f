package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestProfile(t *testing.T) {
	w := newWorld(t)
	const path = "/api/v1/users/me"
	named := annUser()
	named.DisplayName = "Ann"
	for body, req := range map[string]*authv1.UpdateProfileRequest{
		`{}`:                                     {},
		`{"email":null}`:                         {},
		`{"email":"a@b.c"}`:                      {Email: new("a@b.c")},
		`{"display_name":null}`:                  {DisplayName: new("")},
		`{"display_name":"Ann","email":"a@b.c"}`: {Email: new("a@b.c"), DisplayName: new("Ann")},
	} {
		play(w, true, req, &authv1.UpdateProfileResponse{User: named})
		want(t, w.do("PATCH", path, body), 200,
			`{"user":`+strings.TrimSuffix(annJSON, "}")+`,"display_name":"Ann"}}`)
	}
	play(w, true, &authv1.UpdateProfileRequest{DisplayName: new("")}, &authv1.UpdateProfileResponse{User: annUser()})
	want(t, w.do("PATCH", path, `{"display_name":""}`), 200, `{"user":`+annJSON+`}`)
	for _, body := range []string{`{"display_name":7}`, `{"email":[]}`, `[]`} {
		refused(t, w.do("PATCH", path, body), 422, "validation_failed")
	}
	refused(t, w.do("PATCH", path, "{}", "Authorization: "), 401, "missing_token")
}

func TestOtherSessionsAreRevoked(t *testing.T) {
	w := newWorld(t)
	play(w, true, &authv1.RevokeOtherSessionsRequest{}, &authv1.RevokeOtherSessionsResponse{})
	want(t, w.do("DELETE", "/api/v1/sessions", ""), 200, ok)
	refused(t, w.do("DELETE", "/api/v1/sessions", "", "Authorization: "), 401, "missing_token")
}

func TestLockedAccountSaysWhenToComeBack(t *testing.T) {
	w := newWorld(t)
	backendtest.Fail[*authv1.LoginRequest](w.Services, &fault.Error{
		Kind: fault.Denied, Code: "account_locked", Text: "later", Retry: 1500 * time.Millisecond,
	})
	rec := w.do("POST", "/api/v1/auth/login", `{"identifier":"ann","password":"p"}`)
	refused(t, rec, 403, "account_locked")
	if got := rec.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q", got)
	}
}
