package ws_test

import (
	"bufio"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/door"
)

// answer is what came of asking for a WebSocket. The connection is open.
type answer struct {
	net.Conn
	status int
	header http.Header
	body   clientv1.ErrorBody
}

// ask asks for a WebSocket with more headers.
func (w *world) ask(t *testing.T, headers string) answer {
	t.Helper()
	nc, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = nc.Close() })
	request := "GET /ws HTTP/1.1\nHost: lair.example\n" + upgrade + "Sec-WebSocket-Version: 13\n" + headers + "\n"
	if _, err := io.WriteString(nc, strings.ReplaceAll(request, "\n", "\r\n")); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{Conn: nc, status: res.StatusCode, header: res.Header}
	if res.StatusCode != http.StatusSwitchingProtocols {
		if err := json.NewDecoder(res.Body).Decode(&a.body); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// enter asks until there is a place.
func (w *world) enter(t *testing.T) answer {
	t.Helper()
	end := time.After(30 * time.Second)
	for {
		a := w.ask(t, "")
		if a.status == http.StatusSwitchingProtocols {
			return a
		}
		select {
		case <-end:
			t.Fatal("there was never a place")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestWebSocketsBeyondTheLimitsAreRefusedBeforeTheHandshake(t *testing.T) {
	for reason, set := range map[door.Reason]func(w *world){
		door.Gateway: func(w *world) { w.handler.Max = 2 },
		door.Address: func(w *world) { w.handler.Door = door.New(2) },
	} {
		t.Run(string(reason), func(t *testing.T) {
			w := newWorld(t)
			w.handler.Refused = door.NewRefusals(slog.New(slog.DiscardHandler))
			set(w)
			for range 3 { // what is no WebSocket takes no place
				nc, _ := w.raw(t, "GET /ws HTTP/1.1\nHost: lair\n\n")
				_ = nc.Close()
			}
			one := w.enter(t)
			w.enter(t)
			a := w.ask(t, "")
			if a.status != http.StatusServiceUnavailable || a.body.Error.Code != clientv1.CodeCrowded || a.header.Get("Retry-After") == "" {
				t.Errorf("got %d %v %v", a.status, a.body, a.header)
			}
			if n := testutil.ToFloat64(w.handler.Refused.WithLabelValues(string(reason))); n != 1 {
				t.Errorf("%v were refused", n)
			}
			_ = one.Close()
			w.enter(t)
		})
	}
}

func TestPagesOfOthersGetNoWebSocket(t *testing.T) {
	w := newWorld(t)
	w.handler.Refused = door.NewRefusals(slog.New(slog.DiscardHandler))
	w.handler.Origin = func(r *http.Request) bool { return r.Header.Get("Origin") != "https://evil.example" }
	if a := w.ask(t, "Origin: https://good.example\n"); a.status != http.StatusSwitchingProtocols {
		t.Errorf("status %d", a.status)
	}
	a := w.ask(t, "Origin: https://evil.example\n")
	if a.status != http.StatusForbidden || a.body.Error.Code != "origin_not_allowed" || a.header.Get("Retry-After") != "" {
		t.Errorf("got %d %v %v", a.status, a.body, a.header)
	}
	if n := testutil.ToFloat64(w.handler.Refused.WithLabelValues(string(door.Origin))); n != 1 {
		t.Errorf("%v were refused", n)
	}
}
