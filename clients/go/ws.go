package lair

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// ws carries each frame as one text message.
type ws struct {
	conn *websocket.Conn
	// below is the connection under it. Closing it ends everything at once,
	// which the WebSocket's own ways do not while a handshake is going on.
	below net.Conn
}

func dialWS(ctx context.Context, address string, o *Options) (transport, error) {
	t := &ws{}
	client := &http.Client{Transport: &http.Transport{
		Proxy:             http.ProxyFromEnvironment,
		TLSClientConfig:   o.TLS,
		DisableKeepAlives: true, // nothing is left behind when the server says no
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := o.DialContext(ctx, network, addr)
			t.below = c
			return c, err
		},
	}}
	conn, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		if resp != nil && resp.Body != nil {
			_ = resp.Body.Close()
		}
		return nil, err
	}
	conn.SetReadLimit(MaxFrame)
	t.conn = conn
	return t, nil
}

func (t *ws) read(timeout time.Duration) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	kind, frame, err := t.conn.Read(ctx)
	if err == nil && kind != websocket.MessageText {
		err = errors.New("the server sent a binary message")
	}
	return frame, err
}

func (t *ws) write(timeout time.Duration, frames ...[]byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	for _, f := range frames {
		if err := t.conn.Write(ctx, websocket.MessageText, f); err != nil {
			return err
		}
	}
	return nil
}

func (t *ws) bye(ctx context.Context) {
	stop := context.AfterFunc(ctx, func() { _ = t.below.Close() })
	defer stop()
	_ = t.conn.Close(websocket.StatusNormalClosure, "")
}

func (t *ws) close() {
	_ = t.below.Close()
	_ = t.conn.CloseNow()
}
