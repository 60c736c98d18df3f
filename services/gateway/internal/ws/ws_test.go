package ws_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
	"github.com/lair-chat/lair/services/gateway/internal/render"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
	"github.com/lair-chat/lair/services/gateway/internal/source"
	"github.com/lair-chat/lair/services/gateway/internal/ws"
)

// world is a gateway with nothing but WebSockets. It knows the token "ann".
type world struct {
	url string

	handler *ws.Handler

	open  sync.WaitGroup // connections
	mu    sync.Mutex
	froms []string
}

var ann, login = id.User{UUID: id.New()}, id.Session{UUID: id.New()}

func newWorld(t *testing.T) *world {
	t.Helper()
	services := backendtest.New(t)
	played(services, &authv1.CheckSessionResponse{
		User:    &authv1.User{Id: ann.Bytes(), Username: "ann", Role: "user"},
		Session: &authv1.Session{Id: login.Bytes(), ExpiresAt: time.Now().Add(time.Hour).UnixMicro()},
	}, (*authv1.CheckSessionRequest)(nil))
	played(services, &messagev1.ListConversationsResponse{}, (*messagev1.ListConversationsRequest)(nil))
	played(services, &messagev1.HeadsResponse{}, (*messagev1.HeadsRequest)(nil))
	log := slog.New(slog.DiscardHandler)
	src, renderer := source.Source{Messages: services.Messages}, render.Renderer{Directory: services.Directory}
	h := hub.New(hub.Needs{Bus: membus.New(), Source: src, Encoder: renderer, Stats: nothing{}, Log: log})
	w := &world{}
	gate := session.NewGate(session.Needs{
		Backend: services.Backend, Authn: w, Hub: h, Source: src, Encoder: renderer, Attendance: nothing{}, Stats: nothing{}, Log: log,
	})
	w.handler = &ws.Handler{Gate: gate, Limits: sock.NewLimits(), Address: w.address, Gauge: w}
	srv := httptest.NewServer(w.handler)
	t.Cleanup(w.open.Wait)
	t.Cleanup(srv.Close)
	w.url = srv.URL
	return w
}

func played[Q, R proto.Message](s *backendtest.Services, answer R, _ Q) {
	backendtest.On(s, func(context.Context, Q) (R, error) { return answer, nil })
}

// nothing hears what does not matter here.
type nothing struct{}

func (nothing) Delivered(context.Context, int, int, time.Duration) {}
func (nothing) Healed(int)                                         {}
func (nothing) Following(int)                                      {}
func (nothing) Sent(context.Context, time.Duration)                {}
func (nothing) SlowReader()                                        {}
func (nothing) Crowded(string)                                     {}
func (nothing) Arrive(id.User)                                     {}
func (nothing) Depart(id.User)                                     {}

// Add counts connections.
func (w *world) Add(n float64) { w.open.Add(int(n)) }

func (w *world) address(r *http.Request) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.froms = append(w.froms, r.RemoteAddr)
	return r.RemoteAddr
}

func (w *world) Authenticate(_ context.Context, token string) (authn.Identity, error) {
	if token != "ann" {
		return authn.Identity{}, fault.New(fault.Unauthenticated, "invalid_token", "the token is not valid")
	}
	return authn.Identity{User: ann, Session: login}, nil
}

// client is a WebSocket as others make them.
type client struct {
	*websocket.Conn
	t *testing.T
}

func (w *world) dial(t *testing.T, query string) *client {
	t.Helper()
	c, res, err := websocket.Dial(t.Context(), w.url+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	c.SetReadLimit(-1)
	t.Cleanup(func() { _ = c.CloseNow() })
	return &client{c, t}
}

func (c *client) say(kind websocket.MessageType, text string) {
	c.t.Helper()
	if err := c.Write(c.t.Context(), kind, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

// want reads a message that, but for the fields that are not mentioned, is as
// given.
func (c *client) want(fields string) {
	c.t.Helper()
	kind, text, err := c.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	var got, want map[string]any
	if err := json.Unmarshal([]byte(fields), &want); err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(text, &got); err != nil || kind != websocket.MessageText {
		c.t.Fatalf("got %v %q: %v", kind, text, err)
	}
	for key, value := range want {
		if there, ok := got[key]; !ok || fmt.Sprint(there) != fmt.Sprint(value) {
			c.t.Fatalf("got %s, want %s", text, fields)
		}
	}
}

func (c *client) wantClosed(code websocket.StatusCode) {
	c.t.Helper()
	if _, text, err := c.Read(c.t.Context()); websocket.CloseStatus(err) != code {
		c.t.Errorf("got %q, %v, want to be closed with %d", text, err, code)
	}
}

func TestARealClientIsUnderstood(t *testing.T) {
	c := newWorld(t).dial(t, "")
	c.want(`{"type":"server_hello","version":"1.0"}`)
	c.say(websocket.MessageText, `{"type":"ping"}`)
	c.want(`{"type":"pong"}`)
	c.say(websocket.MessageBinary, `{"type":"ping"}`)
	c.want(`{"type":"error","code":"unsupported"}`)
	out, err := c.Writer(t.Context(), websocket.MessageText)
	if err != nil {
		t.Fatal(err)
	}
	for piece := range strings.SplitSeq(`{"type":|"ping","x":|"`+strings.Repeat("x", 100_000)+`"}`, "|") { // fragments
		if _, err := io.WriteString(out, piece); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	c.want(`{"type":"pong"}`)
	reading := c.CloseRead(t.Context())
	if err := c.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Close(websocket.StatusNormalClosure, "bye"); err != nil {
		t.Errorf("the close handshake: %v", err)
	}
	<-reading.Done()
}

func TestTheReasonOfTheEndIsSaid(t *testing.T) {
	for message, want := range map[string]struct {
		code   string
		status websocket.StatusCode
	}{
		"\xff":                                  {clientv1.CodeNotUTF8, clientv1.CloseNotUTF8},
		strings.Repeat(" ", frame.MaxPayload+1): {clientv1.CodeTooLarge, clientv1.CloseTooLarge},
		`{"type":"client_hello","version":"10.0"}`: {clientv1.CodeVersion, clientv1.CloseVersion},
	} {
		c := newWorld(t).dial(t, "")
		c.want(`{"type":"server_hello"}`)
		_ = c.Write(t.Context(), websocket.MessageText, []byte(message)) // it may be cut off
		c.want(`{"type":"error","code":"` + want.code + `"}`)
		c.wantClosed(want.status)
	}
}

func TestATokenInTheAddressLogsIn(t *testing.T) {
	c := newWorld(t).dial(t, "?token=ann")
	c.want(`{"type":"server_hello"}`)
	c.want(`{"type":"authenticate_response","request_id":null,"success":true}`)
	c.say(websocket.MessageText, `{"type":"client_hello","version":"1.0"}`)
	c.want(`{"type":"error","code":"invalid_state"}`)
	c.say(websocket.MessageText, `{"type":"get_current_user"}`)
	c.want(`{"type":"get_current_user_response","success":true}`)
}

func TestAWrongTokenInTheAddressLeavesTheClientUnknown(t *testing.T) {
	for _, query := range []string{"?token=bob", "?token="} {
		c := newWorld(t).dial(t, query)
		c.want(`{"type":"server_hello"}`)
		c.want(`{"type":"authenticate_response","request_id":null,"success":false}`)
		c.say(websocket.MessageText, `{"type":"get_current_user"}`)
		c.want(`{"type":"error","code":"unauthorized"}`)
		c.say(websocket.MessageText, `{"type":"client_hello","version":"1.0"}`)
		c.say(websocket.MessageText, `{"type":"authenticate","token":"ann"}`)
		c.want(`{"type":"authenticate_response","success":true}`)
	}
}

func TestTheAddressOfTheRequestCounts(t *testing.T) {
	w := newWorld(t)
	w.dial(t, "").want(`{"type":"server_hello"}`)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.froms) != 1 || !strings.HasPrefix(w.froms[0], "127.0.0.1:") {
		t.Errorf("the addresses are %q", w.froms)
	}
}

// raw sends the text of a request and returns the status of the answer.
func (w *world) raw(t *testing.T, request string) (nc net.Conn, status int) {
	t.Helper()
	var err error
	nc, err = new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	if _, err := io.WriteString(nc, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return nc, res.StatusCode
}

const upgrade = "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\n"

func TestWhatIsNoWebSocketIsRefused(t *testing.T) {
	w := newWorld(t)
	for rest, want := range map[string]int{
		"":                                     http.StatusBadRequest,
		upgrade + "Sec-WebSocket-Version: 8\n": http.StatusUpgradeRequired,
		upgrade:                                http.StatusBadRequest,
		"Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n": http.StatusBadRequest,
	} {
		if _, got := w.raw(t, "GET /ws HTTP/1.1\nHost: lair\n"+rest+"\n"); got != want {
			t.Errorf("%q: status %d, want %d", rest, got, want)
		}
	}
}

func TestWhoSpeaksBeforeTheAnswerIsCutOff(t *testing.T) {
	nc, got := newWorld(t).raw(t, "GET /ws HTTP/1.1\nHost: lair\n"+upgrade+"Sec-WebSocket-Version: 13\n\n\x89\x80\x00\x00\x00\x00")
	if got != http.StatusSwitchingProtocols {
		t.Fatalf("status %d", got)
	}
	if b, _ := io.ReadAll(nc); len(b) > 0 { // the end, or a reset
		t.Errorf("%q came", b)
	}
}
