package fakegateway

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"

	"github.com/coder/websocket"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

type tcpFrames struct{ net.Conn }

func (f *tcpFrames) read() ([]byte, error) {
	var n uint32
	if err := binary.Read(f.Conn, binary.BigEndian, &n); err != nil {
		return nil, err
	}
	raw := make([]byte, n)
	_, err := io.ReadFull(f.Conn, raw)
	return raw, err
}

func (f *tcpFrames) write(raw []byte) error {
	_, err := f.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(raw))), raw...)) //nolint:gosec // small
	return err
}

func (f *tcpFrames) close() { _ = f.Close() }

type wsFrames struct {
	*websocket.Conn
	ctx  context.Context
	stop context.CancelFunc
}

func (f *wsFrames) read() ([]byte, error) {
	_, raw, err := f.Read(f.ctx)
	return raw, err
}

func (f *wsFrames) write(raw []byte) error { return f.Write(f.ctx, websocket.MessageText, raw) }

func (f *wsFrames) close() { f.stop() }

// handler serves WebSockets and the few requests that the examples make.
func (g *Gateway) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) {
		if !g.enter() {
			return
		}
		defer g.running.Done()
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		ctx, stop := context.WithCancel(context.Background())
		g.serve(&wsFrames{conn, ctx, stop})
		stop()
		_ = conn.CloseNow()
	})
	mux.HandleFunc("POST /api/v1/auth/login", func(w http.ResponseWriter, r *http.Request) {
		var body clientv1.LoginBody
		if json.NewDecoder(r.Body).Decode(&body) != nil || body.Identifier == nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = w.Write(encode(clientv1.SessionBody{User: g.User(*body.Identifier), Token: *body.Identifier}))
	})
	mux.HandleFunc("POST /api/v1/rooms", func(w http.ResponseWriter, r *http.Request) {
		var body clientv1.CreateRoomBody
		if json.NewDecoder(r.Body).Decode(&body) != nil || body.Name == nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		g.mu.Lock()
		t := g.newRoom(*body.Name, g.user(name(r.Header.Get("Authorization")[len("Bearer "):])))
		g.mu.Unlock()
		_, _ = w.Write(encode(clientv1.RoomBody{Room: *t.room}))
	})
	return mux
}
