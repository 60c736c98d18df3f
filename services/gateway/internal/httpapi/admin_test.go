package httpapi_test

import (
	"testing"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
)

func TestBan(t *testing.T) {
	w := newWorld(t)
	const path = "/api/v1/admin/users/" + bob + "/ban"
	play(w, true, &authv1.BanRequest{UserId: raw(bob), Reason: "noise"}, &authv1.BanResponse{})
	want(t, w.do("POST", path, `{"reason":"noise","until":null}`), 200, ok)
	play(w, true, &authv1.BanRequest{UserId: raw(bob), Reason: "noise", Until: noon}, &authv1.BanResponse{})
	want(t, w.do("POST", path, `{"reason":"noise","until":"2026-02-19T13:00:00+01:00"}`), 200, ok)
	play(w, true, &authv1.UnbanRequest{UserId: raw(bob)}, &authv1.UnbanResponse{})
	want(t, w.do("DELETE", path, ""), 200, ok)
	refused(t, w.do("POST", path, `{}`), 422, "validation_failed")
	for _, until := range []string{"tomorrow", "", "1969-01-01T00:00:00Z"} {
		refused(t, w.do("POST", path, `{"reason":"noise","until":"`+until+`"}`), 400, "validation_failed")
	}
	refused(t, w.do("POST", "/api/v1/admin/users/bob/ban", `{"reason":"noise"}`), 404, "user_not_found")
	refused(t, w.do("DELETE", "/api/v1/admin/users/bob/ban", ""), 404, "user_not_found")
	refused(t, w.do("DELETE", path, "", "Authorization: "), 401, "missing_token")
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	play(w, true, &authv1.CreateResetRequest{UserId: raw(bob)}, &authv1.CreateResetResponse{Token: "ABC", ExpiresAt: noon})
	want(t, w.do("POST", "/api/v1/admin/users/"+bob+"/reset-password", ""), 200, `{"token":"ABC","expires_at":"2026-02-19T12:00:00Z"}`)
	refused(t, w.do("POST", "/api/v1/admin/users/bob/reset-password", ""), 404, "user_not_found")
	from := &authv1.Client{UserAgent: "tui", Address: "192.0.2.1"}
	play(w, false, &authv1.ResetPasswordRequest{Token: "ABC", NewPassword: "p", Client: from}, &authv1.ResetPasswordResponse{})
	want(t, w.do("POST", "/api/v1/auth/reset-password", `{"token":"ABC","new_password":"p"}`, "Authorization: ", "User-Agent: tui"), 200, ok)
	refused(t, w.do("POST", "/api/v1/auth/reset-password", `{"token":"ABC"}`), 422, "validation_failed")
}

func TestAudit(t *testing.T) {
	w := newWorld(t)
	const path = "/api/v1/admin/audit"
	acts := []*authv1.Act{
		{Id: raw(one), At: noon, Kind: "user_banned", ActorId: raw(ann), SubjectId: raw(bob), Address: "::1", Detail: "noise"},
		{Id: raw(hall), At: noon, Kind: "login_failed"},
	}
	const bans = `{"id":"` + one + `","at":"2026-02-19T12:00:00Z","kind":"user_banned","actor":"` + ann + `","subject":"` + bob + `","address":"::1","detail":"noise"}`
	const failed = `{"id":"` + hall + `","at":"2026-02-19T12:00:00Z","kind":"login_failed","address":"","detail":""}`
	play(w, true, &authv1.ListAuditRequest{Limit: 50}, &authv1.ListAuditResponse{Acts: acts, HasMore: true})
	want(t, w.do("GET", path, ""), 200, `{"entries":[`+bans+`,`+failed+`],"has_more":true,"cursor":"`+hall+`"}`)
	play(w, true, &authv1.ListAuditRequest{Limit: 100, BeforeId: raw(hall)}, &authv1.ListAuditResponse{})
	want(t, w.do("GET", path+"?limit=101&cursor="+hall, ""), 200, `{"entries":[],"has_more":false}`)
	play(w, true, &authv1.ListAuditRequest{Limit: 1}, &authv1.ListAuditResponse{Acts: acts[:1]})
	want(t, w.do("GET", path+"?limit=0", ""), 200, `{"entries":[],"has_more":true}`)
	for _, query := range []string{"?cursor=x", "?limit=x"} {
		refused(t, w.do("GET", path+query, ""), 400, "validation_failed")
	}
	refused(t, w.do("GET", path, "", "Authorization: "), 401, "missing_token")
}
