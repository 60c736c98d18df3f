// Package ws serves the real-time protocol over WebSocket (RFC 6455): each
// message is one text frame.
//
// The connection is taken over from net/http as soon as the handshake is done,
// so that neither its buffers nor the stack of its handler stay with it.
package ws

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/cookie"
	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/origin"
	"github.com/lair-chat/lair/services/gateway/internal/session"
	"github.com/lair-chat/lair/services/gateway/internal/sock"
)

// handshakeTime bounds the writing of the answer to the handshake, and the
// check of a token that came with it.
const handshakeTime = 10 * time.Second

// Handler serves /ws.
type Handler struct {
	Gate   *session.Gate
	Limits *sock.Limits
	// Address returns the address of the client.
	Address func(*http.Request) string
	Gauge   interface{ Add(float64) } // counts connections
	// Max is how many connections there may be, 0 any number; Door bounds those
	// of one address. Those beyond are refused before the handshake.
	Max  int
	Door *door.Door
	// Refused hears of those; nil does not.
	Refused *door.Refusals
	// Origin reports whether the page that asks may; nil is all.
	Origin func(*http.Request) bool
	// Cookies has the cookies of pages of our own; Listed are the origins of
	// others that may connect, without the cookie.
	Cookies cookie.Jar
	Listed  origin.Allowed

	open atomic.Int64
}

// ServeHTTP implements http.Handler. A token may be given as the parameter
// token; it logs in as the command authenticate does.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor != 1 { // a stream of HTTP/2 cannot be taken over
		refuse(w, http.StatusHTTPVersionNotSupported, "http_version", "a WebSocket begins with HTTP/1.1")
		return
	}
	if !strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		refuse(w, http.StatusBadRequest, "validation_failed", "this path is for WebSockets")
		return
	}
	token, given := r.URL.Query()["token"]
	address := h.Address(r)
	if h.Origin != nil && !h.Origin(r) {
		h.Refused.Add(door.Origin, address, "origin", r.Header.Get("Origin"))
		refuse(w, http.StatusForbidden, "origin_not_allowed", "pages of this origin may not connect")
		return
	}
	carried, ok := h.carried(r)
	if !ok {
		h.Refused.Add(door.Origin, address, "origin", r.Header.Get("Origin"))
		refuse(w, http.StatusForbidden, "origin_not_allowed", "a login in a cookie is for pages of this server only")
		return
	}
	if !h.enter(w, address) {
		return
	}
	taken := false
	defer func() {
		if !taken {
			h.leave(address)
		}
	}()
	upgrader := ws.HTTPUpgrader{Timeout: handshakeTime}
	nc, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		return // the client has been told
	}
	if rw.Reader.Buffered() > 0 {
		// A client that speaks before it was answered breaks RFC 6455, 4.1.
		_ = nc.Close()
		return
	}
	if nc.SetDeadline(time.Time{}) != nil {
		_ = nc.Close()
		return
	}
	if !given {
		token = nil
	}
	// Not here: this stack has grown, and would stay as long as the connection.
	taken = true
	go h.serve(nc, address, token, carried)
}

func (h *Handler) serve(nc net.Conn, address string, token []string, carried string) {
	defer h.leave(address)
	conn := sock.New(nc, h.Limits)
	defer conn.Close()
	sess := h.Gate.Open(link{conn}, frame.WSPlain, address)
	defer sess.Close()
	sess.Carry(carried)
	if len(token) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), handshakeTime)
		sess.Authenticate(ctx, token[0], nil)
		cancel()
	}
	read(conn, sess)
}

// read hands over message after message until the connection is over. Control
// frames restart the clock, too.
func read(conn *sock.Conn, sess *session.Session) {
	r := reader{conn: conn}
	for more := true; more; r.done() {
		if conn.Deadline(sess.Deadline()) != nil {
			return
		}
		payload, op, err := r.next()
		if v, ok := errors.AsType[*violation](err); ok {
			sess.Refuse(v.code, v.text)
			return
		}
		switch {
		case sock.IsTimeout(err):
			sess.TimedOut()
			return
		case err != nil:
			return
		case op == ws.OpText:
			more = sess.Handle(payload)
		case op == ws.OpBinary:
			sess.Unsupported()
		case op == ws.OpPing:
			sess.Push(pong(payload))
		case op == ws.OpClose:
			conn.CloseAfter(goodbye(payload))
			return
		}
	}
}

// link is a connection as a session wants it.
type link struct{ *sock.Conn }

// End implements session.Link.
func (l link) End(frames []byte, code int) {
	if code == 0 {
		code = clientv1.CloseProtocol
	}
	l.CloseAfter(append(frames, closeFrame(code)...))
}
