package e2e

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/lair-chat/lair/pkg/testkit/certtest"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// browser does what the web client does in one, which keeps its cookies.
type browser struct {
	*http.Client
	t      *testing.T
	origin string // of the page, which it asks
	set    string // the cookie that came with the last answer
}

// open loads the page of a gateway.
func open(t *testing.T, origin string, trust *tls.Config) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	transport := &http.Transport{TLSClientConfig: trust}
	t.Cleanup(transport.CloseIdleConnections)
	b := &browser{&http.Client{Transport: transport, Jar: jar}, t, origin, ""}
	if status, body := b.do("GET", "/", "", "Accept: text/html"); status != http.StatusOK || !strings.Contains(body, "<title>Lair Chat</title>") {
		t.Errorf("the page: %d %s", status, body)
	}
	return b
}

// do makes a request as a page of the origin does, unless headers say otherwise.
func (b *browser) do(method, path, body string, headers ...string) (status int, answer string) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(soon(b.t), method, b.origin+path, strings.NewReader(body))
	must(b.t, err)
	req.Header.Set("Origin", b.origin)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Set(name, value)
	}
	resp, err := b.Do(req)
	must(b.t, err)
	text, err := io.ReadAll(resp.Body)
	must(b.t, err)
	must(b.t, resp.Body.Close())
	b.set = resp.Header.Get("Set-Cookie")
	return resp.StatusCode, string(text)
}

// want makes a request whose answer has the status and the text in it.
func (b *browser) want(status int, text, method, path, body string, headers ...string) {
	b.t.Helper()
	if got, answer := b.do(method, path, body, headers...); got != status || !strings.Contains(answer, text) {
		b.t.Fatalf("%s %s: %d %s, want %d %s", method, path, got, answer, status, text)
	}
}

// cookies are what scripts could not see, by name.
func (b *browser) cookies() map[string]string {
	u, err := url.Parse(b.origin)
	must(b.t, err)
	all := map[string]string{}
	for _, c := range b.Jar.Cookies(u) {
		all[c.Name] = c.Value
	}
	return all
}

func (b *browser) dial(from string) (*websocket.Conn, error) {
	c, _, err := websocket.Dial(soon(b.t), "ws"+strings.TrimPrefix(b.origin, "http")+"/ws", &websocket.DialOptions{ //nolint:bodyclose // the connection took it
		HTTPClient: b.Client, HTTPHeader: http.Header{"Origin": {from}},
	})
	if err == nil {
		b.t.Cleanup(func() { _ = c.CloseNow() })
	}
	return c, err
}

// live is a WebSocket of a browser.
type live struct {
	*websocket.Conn
	t *testing.T
}

// ask says something, if anything, and reads up to the frame of the type.
func (l live) ask(text, kind string) string {
	l.t.Helper()
	if text != "" {
		must(l.t, l.Write(soon(l.t), websocket.MessageText, []byte(text)))
	}
	for {
		_, answer, err := l.Read(soon(l.t))
		must(l.t, err)
		var frame struct{ Type string }
		must(l.t, json.Unmarshal(answer, &frame))
		if frame.Type == kind {
			return string(answer)
		}
	}
}

// cookieLogin is a whole visit: first and last are the origins of two gateways,
// or of one.
func cookieLogin(t *testing.T, first, last, name string, trust *tls.Config) {
	b := open(t, first, trust)
	user := "eve_" + strings.ToLower(rand.Text()[:10])
	account := fmt.Sprintf(`{"username":%q,"email":"%s@example.com","password":%q}`, user, user, password)
	b.want(403, "origin_not_allowed", "POST", "/api/v1/auth/register", account, "Lair-Session: cookie", "Origin: https://evil.example")
	b.want(201, `"token":""`, "POST", "/api/v1/auth/register", account, "Lair-Session: cookie")
	if all := b.cookies(); all[name] == "" || len(all) != 1 {
		t.Fatalf("the browser has %v, want only %s", all, name)
	}

	b.origin = last // cookies do not know ports
	b.want(200, user, "GET", "/api/v1/users/me", "")
	b.want(200, `"current":true`, "GET", "/api/v1/sessions", "")
	room := fmt.Sprintf(`{"name":"hall %s"}`, rand.Text())
	b.want(403, "origin_not_allowed", "POST", "/api/v1/rooms", room, "Origin: https://evil.example")
	b.want(403, "origin_not_allowed", "POST", "/api/v1/rooms", room, "Sec-Fetch-Site: same-site")
	b.want(201, "hall", "POST", "/api/v1/rooms", room)
	b.want(401, "invalid_token", "GET", "/api/v1/users/me", "", "Authorization: Bearer nonsense")

	for _, from := range []string{"https://evil.example", "null", ""} {
		if _, err := b.dial(from); err == nil {
			t.Errorf("a page of %q got a WebSocket", from)
		}
	}
	c, err := b.dial(b.origin)
	must(t, err)
	l := live{c, t}
	l.ask(`{"type":"client_hello","version":"1.0","features":["resume"]}`, "server_hello")
	if answer := l.ask(`{"type":"authenticate","request_id":"1"}`, "authenticate_response"); !strings.Contains(answer, user) {
		t.Fatal(answer)
	}
	if answer := l.ask(`{"type":"resume","positions":{}}`, "resume_response"); !strings.Contains(answer, `"success":true`) {
		t.Error(answer)
	}
	b.want(200, `"token":""`, "POST", "/api/v1/auth/refresh", "")
	if b.cookies()[name] == "" || !strings.HasPrefix(b.set, name+"=ey") { // within a second it is the same token
		t.Errorf("refreshing set %.20q", b.set)
	}
	if answer := l.ask(`{"type":"get_current_user"}`, "get_current_user_response"); !strings.Contains(answer, user) {
		t.Error(answer)
	}
	b.want(403, "origin_not_allowed", "POST", "/api/v1/auth/logout", "", "Origin: https://evil.example")
	b.want(200, "true", "POST", "/api/v1/auth/logout", "")
	if all := b.cookies(); len(all) > 0 {
		t.Errorf("the browser still has %v", all)
	}
	l.ask("", "error")
	if _, _, err := l.Read(soon(t)); websocket.CloseStatus(err) != 4100 {
		t.Errorf("the end is %v", err)
	}
	b.want(401, "missing_token", "GET", "/api/v1/users/me", "")
}

func TestABrowserKeepsItsLoginInACookie(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) { cookieLogin(t, s.first().HTTP, s.last().HTTP, "lair", nil) })
}

func TestABrowserKeepsItsLoginInASafeCookieOverTLS(t *testing.T) {
	for _, kind := range starters {
		t.Run(kind.name, func(t *testing.T) {
			authority := certtest.New(t)
			host := ""
			begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
				host = o.Host
				pair, key := authority.Issue(t, 1, host)
				certPath, keyPath := certtest.Write(t, t.TempDir(), pair, key)
				o.Gateways, o.Env = 1, append(o.Env, "LAIR_TLS_CERT_PATH="+certPath, "LAIR_TLS_KEY_PATH="+keyPath) // two would want the same port
				return kind.start(ctx, o)
			})
			at := "https://" + net.JoinHostPort(host, "8443")
			cookieLogin(t, at, at, "__Host-lair", &tls.Config{RootCAs: authority.Pool, MinVersion: tls.VersionTLS12})
		})
	}
}
