package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/proto/client/spec/spectest"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ann  = "11111111-1111-4111-8111-111111111111"
	bob  = "55555555-5555-4555-8555-555555555555"
	hall = "33333333-3333-4333-8333-333333333333"
	one  = "44444444-4444-4444-8444-444444444444"
	sess = "22222222-2222-4222-8222-222222222222"
	noon = 1771502400_000000 // 2026-02-19T12:00:00Z in microseconds
)

func parse(s string) id.UUID {
	u, err := id.Parse(s)
	if err != nil {
		panic(err)
	}
	return u
}

func raw(s string) []byte { return parse(s).Bytes() }

// world is the API before played services, and all that a test may say and
// look at.
type world struct {
	*backendtest.Services
	t     *testing.T
	api   http.Handler
	log   *logged
	reg   *prometheus.Registry
	authn func(ctx context.Context, token string) (authn.Identity, error)
	send  func(context.Context, authn.Identity, httpapi.Draft) (clientv1.Message, error)
	sync  func(context.Context, authn.Identity, clientv1.SyncBody) (clientv1.SyncResult, error)
	ready httpapi.Readiness
	needs httpapi.Needs
	// made says that the test makes services answer what they never would, so
	// that the answer is not held against the document of the API.
	made bool
}

// newWorld knows one token, "ann".
func newWorld(t *testing.T) *world {
	t.Helper()
	const up = "connected"
	w := &world{Services: backendtest.New(t), t: t, log: &logged{}, ready: httpapi.Readiness{Ready: true, Database: up, Redis: up, Auth: up, Room: up, Message: up, Presence: up}, reg: prometheus.NewRegistry()}
	w.authn = func(_ context.Context, token string) (authn.Identity, error) {
		if token != "ann" {
			return authn.Identity{}, fault.New(fault.Unauthenticated, "invalid_token", "the token is not valid")
		}
		return authn.Identity{
			User: id.User{UUID: parse(ann)}, Session: id.Session{UUID: parse(sess)},
			Username: "ann", Role: "user", Expires: time.Now().Add(time.Hour),
		}, nil
	}
	w.needs = httpapi.Needs{
		Backend: w.Backend, Authn: w, Sender: w, Syncer: w, Socket: http.NotFoundHandler(), Version: "1.2.3",
		Ready:    func(context.Context) httpapi.Readiness { return w.ready },
		Log:      slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registry: w.reg,
	}
	w.api = httpapi.New(w.needs)
	return w
}

func (w *world) Authenticate(ctx context.Context, token string) (authn.Identity, error) {
	return w.authn(ctx, token)
}

func (w *world) Send(ctx context.Context, who authn.Identity, d httpapi.Draft) (clientv1.Message, error) {
	return w.send(ctx, who, d)
}

func (w *world) Sync(ctx context.Context, who authn.Identity, body clientv1.SyncBody) (clientv1.SyncResult, error) {
	return w.sync(ctx, who, body)
}

// do sends a request with ann's token. A body is JSON, none has no content
// type; headers, "Name: value", come last.
func (w *world) do(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer ann")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, value)
		}
	}
	rec := httptest.NewRecorder()
	w.api.ServeHTTP(rec, r)
	if !w.made {
		spectest.Recorded(w.t, r, rec)
	}
	return rec
}

// want compares the whole answer.
func want(t *testing.T, rec *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if rec.Code != status {
		t.Errorf("status %d, want %d", rec.Code, status)
	}
	if got := rec.Body.String(); got != body {
		t.Errorf("got\n%s\nwant\n%s", got, body)
	}
	if ct := rec.Header().Get("Content-Type"); body != "" && ct != "application/json" {
		t.Errorf("content type %q", ct)
	}
}

// refused compares the status and the code of the envelope.
func refused(t *testing.T, rec *httptest.ResponseRecorder, status int, code string) {
	t.Helper()
	var body struct {
		Error     map[string]any `json:"error"`
		RequestID string         `json:"request_id"`
	}
	strict := json.NewDecoder(bytes.NewReader(rec.Body.Bytes()))
	strict.DisallowUnknownFields()
	if err := strict.Decode(&body); err != nil {
		t.Fatalf("%d %s: %v", rec.Code, rec.Body, err)
	}
	text, _ := body.Error["message"].(string)
	if rec.Code != status || body.Error["code"] != code || text == "" || len(body.Error) != 2 {
		t.Errorf("got %d %s, want %d %s", rec.Code, rec.Body, status, code)
	}
	if request := rec.Header().Get("X-Request-Id"); status == 500 && body.RequestID != request || status != 500 && body.RequestID != "" {
		t.Errorf("got %d %s for the request %q", rec.Code, rec.Body, request)
	}
	if strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
		t.Errorf("message %q is not ASCII", text)
	}
	if ct := rec.Header().Get("Content-Type"); ct != "application/json" {
		t.Errorf("content type %q", ct)
	}
}

// logged is a log that a test reads.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
