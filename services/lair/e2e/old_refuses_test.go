package e2e

import "testing"

// The decoder of the old client is as strict as that of 0.8, or the tests with
// it would say little.
func TestTheOldClientRefusesWhat08Refuses(t *testing.T) {
	const room, user = `"33333333-3333-4333-8333-333333333333"`, `"11111111-1111-4111-8111-111111111111"`
	for _, text := range []string{
		`{"type":"pong","server_time":null}`,
		`{"type":"server_hello","version":"1.0","server_name":"x","new":[null]}`,
		`{"type":"user_left_room","room_id":` + room + `,"user_id":` + user + `,"reason":"left","seq":7}`,
		`{"type":"user_typing","user_id":` + user + `,"target":{"type":"dm","recipient":` + user + `}}`,
		`{"type":"list_rooms_response","request_id":null,"success":false,"has_more":false,"total_count":0}`,
	} {
		if _, err := oldFrame([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{
		``, `[]`, `{}`, `{"type":"pong"} {}`, `{"type":"reset","seq":1}`, `{"type":"invitation_cancelled"}`,
		`{"type":"server_hello","version":"1.0","server_name":"x","features":null}`,
		`{"type":"server_hello","version":"1.0"}`,
		`{"type":"user_left_room","room_id":` + room + `,"user_id":` + user + `,"reason":{"kicked":{}}}`,
		`{"type":"user_left_room","room_id":` + room + `,"user_id":"ann","reason":"left"}`,
		`{"type":"user_typing","user_id":` + user + `,"target":{"type":"direct_message","recipient":` + user + `}}`,
		`{"type":"list_rooms_response","success":true,"rooms":null,"has_more":false,"total_count":0}`,
		`{"type":"list_rooms_response","success":true,"has_more":false,"total_count":-1}`,
		`{"type":"leave_room_response","success":null}`,
		`{"type":"user_online","user_id":` + user + `,"username":"a","username":"b"}`,
		`{"type":"session_expiring","session_id":` + user + `,"expires_at":"2026-02-20 12:00:00"}`,
	} {
		if _, err := oldFrame([]byte(text)); err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}
