package ws_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/origin"
)

// page opens a WebSocket as a page of an origin does that has cookies. If it gets
// none the client is nil.
func (w *world) page(t *testing.T, query, from, cookies string) (cl *client, status int) {
	t.Helper()
	h := http.Header{"Cookie": {cookies}}
	if from != "" {
		h.Set("Origin", from)
	}
	c, res, err := websocket.Dial(t.Context(), w.url+query, &websocket.DialOptions{HTTPHeader: h})
	if res == nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, res.StatusCode
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	cl = &client{c, t}
	cl.want(`{"type":"server_hello"}`)
	return cl, res.StatusCode
}

const (
	helloText  = `{"type":"client_hello","version":"1.0","features":["resume"]}`
	cookieText = `{"type":"authenticate","request_id":"1"}`
)

func TestTheCookieLogsPagesOfTheSameOriginIn(t *testing.T) {
	w := newWorld(t)
	c, _ := w.page(t, "", w.url, "other=1; lair=ann")
	c.say(websocket.MessageText, helloText)
	c.say(websocket.MessageText, cookieText)
	c.want(`{"type":"authenticate_response","request_id":"1","success":true}`)
	c.say(websocket.MessageText, cookieText)
	c.want(`{"type":"error","code":"invalid_state"}`)
}

func TestATokenWinsOverTheCookie(t *testing.T) {
	w := newWorld(t)
	c, _ := w.page(t, "", w.url, "lair=bob")
	c.say(websocket.MessageText, helloText)
	c.say(websocket.MessageText, cookieText)
	c.want(`{"type":"authenticate_response","request_id":"1","success":false}`)
	c.say(websocket.MessageText, `{"type":"authenticate","token":"ann"}`)
	c.want(`{"type":"authenticate_response","success":true}`)
	c, _ = w.page(t, "?token=bob", w.url, "lair=ann")
	c.want(`{"type":"authenticate_response","success":false}`)
}

func TestWithACookieOnlyPagesOfTheSameOriginGetAWebSocket(t *testing.T) {
	w := newWorld(t)
	host := w.url[len("http://"):]
	w.handler.Listed = origin.Allowed{"https://chat.example"}
	w.handler.Origin = w.handler.Listed.May
	w.handler.Refused = door.NewRefusals(slog.New(slog.DiscardHandler))
	for _, from := range []string{"", "null", "http://evil.example", "ftp://" + host, "http://" + host + "0"} {
		if c, status := w.page(t, "?token=ann", from, "lair=ann"); c != nil || status != http.StatusForbidden {
			t.Errorf("%q got one: %d", from, status)
		}
	}
	if n := testutil.ToFloat64(w.handler.Refused.WithLabelValues(string(door.Origin))); n != 5 {
		t.Errorf("%v were refused", n)
	}
	for _, from := range []string{w.url, "https://" + host} {
		if c, status := w.page(t, "", from, "lair=ann"); c == nil {
			t.Errorf("%q: %d", from, status)
		}
	}
	// A page that is listed has a token of its own; the cookie does not count.
	c, status := w.page(t, "", "https://chat.example", "lair=ann")
	if c == nil {
		t.Fatal(status)
	}
	c.say(websocket.MessageText, helloText)
	c.say(websocket.MessageText, cookieText)
	c.want(`{"type":"authenticate_response","request_id":"1","success":false}`)
	if c, status := w.page(t, "", "", "__Host-lair=ann"); c == nil { // of another server of this host
		t.Error(status)
	}
}
