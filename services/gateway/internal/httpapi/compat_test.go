package httpapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

func TestPathsWithIDsThatAreNoneNameNothing(t *testing.T) {
	w := newWorld(t)
	for route, code := range map[string]string{
		"DELETE /api/v1/sessions/x": "session_not_found", "GET /api/v1/users/x": "user_not_found",
		"PATCH /api/v1/rooms/x": "room_not_found", "DELETE /api/v1/rooms/x": "room_not_found",
		"GET /api/v1/rooms/x/members": "room_not_found", "POST /api/v1/rooms/x/transfer": "room_not_found",
		"PUT /api/v1/rooms/" + hall + "/members/x/role": "user_not_found", "PUT /api/v1/rooms/x/members/x/role": "room_not_found",
		"DELETE /api/v1/rooms/" + hall + "/members/x": "user_not_found", "PUT /api/v1/rooms/" + hall + "/members/x/mute": "user_not_found",
		"DELETE /api/v1/rooms/" + hall + "/members/x/mute": "user_not_found", "GET /api/v1/rooms/x/bans": "room_not_found",
		"PUT /api/v1/rooms/" + hall + "/bans/x": "user_not_found", "DELETE /api/v1/rooms/x/bans/" + bob: "room_not_found",
		"GET /api/v1/rooms/x/invitations": "room_not_found", "POST /api/v1/invitations/x/accept": "invitation_not_found",
		"POST /api/v1/invitations/x/decline": "invitation_not_found", "DELETE /api/v1/invitations/x": "invitation_not_found",
		"PUT /api/v1/users/me/blocks/x": "user_not_found", "DELETE /api/v1/users/me/blocks/x": "user_not_found",
		"PATCH /api/v1/messages/x": "message_not_found", "DELETE /api/v1/messages/x": "message_not_found",
		"DELETE /api/v1/admin/rooms/x": "room_not_found", "GET /api/v1/admin/users/x": "user_not_found",
		"PUT /api/v1/admin/users/x/role": "user_not_found", "POST /api/v1/admin/users/x/ban": "user_not_found",
	} {
		method, path, _ := cut(route)
		refused(t, w.do(method, path, ""), 404, code)
	}
}

func TestWhatNeedsNoBodyTakesAnyContentType(t *testing.T) {
	w := newWorld(t)
	everybodyHasAName(w)
	play(w, true, &authv1.LogoutRequest{}, &authv1.LogoutResponse{})
	play(w, true, &authv1.RefreshRequest{}, &authv1.RefreshResponse{})
	play(w, true, &roomv1.JoinRoomRequest{RoomId: raw(hall)}, &roomv1.JoinRoomResponse{})
	play(w, true, &roomv1.LeaveRoomRequest{RoomId: raw(hall)}, &roomv1.LeaveRoomResponse{})
	play(w, true, &roomv1.AcceptInvitationRequest{InvitationId: raw(one)}, &roomv1.AcceptInvitationResponse{})
	play(w, true, &roomv1.DeclineInvitationRequest{InvitationId: raw(one)}, &roomv1.DeclineInvitationResponse{})
	play(w, true, &roomv1.DeleteRoomRequest{RoomId: raw(hall)}, &roomv1.DeleteRoomResponse{})
	play(w, true, &authv1.OrderRoomDeletionRequest{RoomId: raw(hall)}, &authv1.OrderRoomDeletionResponse{})
	play(w, true, &roomv1.RemoveRoomRequest{RoomId: raw(hall)}, &roomv1.RemoveRoomResponse{})
	w.sync = func(context.Context, authn.Identity, clientv1.SyncBody) (clientv1.SyncResult, error) {
		return clientv1.SyncResult{}, nil
	}
	backendtest.On(w.Services, func(context.Context, *roomv1.MuteMemberRequest) (*roomv1.MuteMemberResponse, error) {
		return &roomv1.MuteMemberResponse{Member: hallOwner()}, nil
	})
	for _, route := range []string{
		"POST /api/v1/auth/logout", "POST /api/v1/auth/refresh", "POST /api/v1/rooms/" + hall + "/join",
		"POST /api/v1/rooms/" + hall + "/leave", "POST /api/v1/invitations/" + one + "/accept",
		"POST /api/v1/invitations/" + one + "/decline", "DELETE /api/v1/rooms/" + hall, "DELETE /api/v1/admin/rooms/" + hall,
		"PUT /api/v1/rooms/" + hall + "/members/" + bob + "/mute", "POST /api/v1/sync",
	} {
		method, path, _ := cut(route)
		for _, contentType := range []string{"", "application/json", "text/plain"} {
			if rec := w.do(method, path, "", "Content-Type: "+contentType); rec.Code != http.StatusOK {
				t.Errorf("%s with %q: %d %s", route, contentType, rec.Code, rec.Body)
			}
		}
	}
	// What is there must be JSON.
	refused(t, w.do("POST", "/api/v1/sync", "{}", "Content-Type: text/plain"), 415, "unsupported_media_type")
	refused(t, w.do("DELETE", "/api/v1/admin/rooms/"+hall, "{", "Content-Type: application/json"), 400, "invalid_json")
}

func TestHEADWorksWhereverGETDoes(t *testing.T) {
	w := newWorld(t)
	srv := httptest.NewServer(w.api)
	defer srv.Close()
	for _, path := range []string{
		"/health", "/api/v1/sessions", "/api/v1/users", "/api/v1/users/" + bob, "/api/v1/users/me", "/api/v1/users/me/blocks",
		"/api/v1/rooms", "/api/v1/rooms/" + hall, "/api/v1/rooms/" + hall + "/members", "/api/v1/rooms/" + hall + "/bans",
		"/api/v1/rooms/" + hall + "/invitations", "/api/v1/messages?target_type=room&target_id=" + hall, "/api/v1/invitations",
		"/api/v1/admin/stats", "/api/v1/admin/audit", "/api/v1/admin/users/" + bob, "/api/v1/none",
	} {
		var got [2]*http.Response
		for i, method := range []string{http.MethodGet, http.MethodHead} {
			req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer ann")
			res, err := srv.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if got[i] = res; i == 1 && len(body) > 0 {
				t.Errorf("HEAD %s has the body %q", path, body)
			}
		}
		if got[0].StatusCode != got[1].StatusCode || got[0].ContentLength != got[1].ContentLength || got[0].StatusCode == http.StatusMethodNotAllowed {
			t.Errorf("%s: %d with %d bytes, HEAD %d with %d", path, got[0].StatusCode, got[0].ContentLength, got[1].StatusCode, got[1].ContentLength)
		}
	}
}
