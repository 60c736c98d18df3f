package httpapi_test

import (
	"strings"
	"testing"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
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
