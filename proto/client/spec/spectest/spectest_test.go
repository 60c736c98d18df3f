package spectest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lair-chat/lair/proto/client/spec/spectest"
)

// answers is a server that answers everything in one way.
type answers struct {
	status int
	body   string
}

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	if a.body != "" {
		rec.Header().Set("Content-Type", "application/json")
	}
	rec.Header().Set("X-Request-Id", "one")
	rec.WriteHeader(a.status)
	_, _ = rec.WriteString(a.body)
	return rec.Result(), nil
}

func TestWhatTheDocumentDoesNotSayIsReported(t *testing.T) {
	const user = `"id":"01a20ff2-9a84-7d26-a998-b5091221c612","username":"ann","email":"","role":"user","created_at":"2026-11-24T23:44:47Z","updated_at":"2026-11-24T23:44:47Z","last_seen_at":null`
	for name, tt := range map[string]struct {
		path   string
		answer answers
		want   string // in the report; empty if there is to be none
	}{
		"Good":         {"/api/v1/users/x", answers{200, `{"user":{` + user + `},"online":true}`}, ""},
		"UnknownField": {"/api/v1/users/x", answers{200, `{"user":{` + user + `,"shoes":1},"online":true}`}, "shoes"},
		"MissingField": {"/api/v1/users/x", answers{200, `{"user":{` + user + `}}`}, "online"},
		"WrongType":    {"/api/v1/users/x", answers{200, `{"user":{` + user + `},"online":1}`}, "boolean"},
		"Code":         {"/api/v1/users/x", answers{404, `{"error":{"code":"user_not_found","message":"no"}}`}, ""},
		"UnknownCode":  {"/api/v1/users/x", answers{404, `{"error":{"code":"moon_not_found","message":"no"}}`}, "user_not_found"},
		"Status":       {"/api/v1/users/x", answers{409, `{}`}, "GET /api/v1/users/{user_id} (proto/client/spec/source/routes.yaml) answers 409"},
		"Route":        {"/api/v1/moons", answers{200, `{}`}, "/api/v1/moons is answered with 200"},
		"NoRoute":      {"/api/v1/moons", answers{404, `{"error":{"code":"not_found","message":"no"}}`}, ""},
		"NoMethod":     {"/api/v1/moons", answers{405, `{"error":{"code":"method_not_allowed","message":"no"}}`}, ""},
		"NoForm":       {"/api/v1/moons", answers{404, `{"error":"no"}`}, "object"},
	} {
		t.Run(name, func(t *testing.T) {
			var heard []string
			transport := spectest.Transport{Through: tt.answer, Report: func(err error) { heard = append(heard, err.Error()) }}
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://host"+tt.path, http.NoBody)
			res, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(res.Body)
			if closing := res.Body.Close(); err != nil || closing != nil || string(body) != tt.answer.body {
				t.Errorf("the body became %q: %v, %v", body, err, closing)
			}
			if got := strings.Join(heard, "\n"); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("heard %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEventsOfASyncAreThoseOfSockets(t *testing.T) {
	body := func(event string) string {
		return `{"conversations":[],"events":[` + event + `],"positions":{},"user_seq":0,"has_more":false}`
	}
	for event, good := range map[string]bool{
		`{"type":"read_marked","user_seq":4,"conversation":"01a20ff2-9afd-713e-a01f-493277a7a3b1","read_seq":5}`:           true,
		`{"type":"read_marked","user_seq":4,"conversation":"01a20ff2-9afd-713e-a01f-493277a7a3b1","read_seq":5,"shoes":1}`: false,
		`{"type":"moon_landed"}`: false,
	} {
		if err := spectest.Object("SyncResult", []byte(body(event))); (err == nil) != good {
			t.Errorf("%s: %v", event, err)
		}
	}
}
