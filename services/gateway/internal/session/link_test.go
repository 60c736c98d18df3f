package session_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/lair-chat/lair/services/gateway/internal/session"
)

var _ session.Link = (*link)(nil)

// link is a socket whose client reads when the test looks.
type link struct {
	mu      sync.Mutex
	frames  [][]byte
	refuses error // what Push says
	busy    bool
	drained chan struct{} // closed when the client has read all
	ended   bool
	code    int // with which it was closed
}

func (l *link) Push(frames []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ended:
		return net.ErrClosed
	case l.refuses != nil:
		return l.refuses
	}
	l.take(frames)
	return nil
}

func (l *link) take(frames []byte) {
	for len(frames) > 0 {
		n := binary.BigEndian.Uint32(frames)
		l.frames = append(l.frames, frames[4:4+n])
		frames = frames[4+n:]
	}
}

func (l *link) Busy() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy
}

func (l *link) Drained(ctx context.Context) error {
	l.mu.Lock()
	drained := l.drained
	l.mu.Unlock()
	select {
	case <-drained:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *link) End(frames []byte, code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.ended, l.code = true, code
		l.take(frames)
	}
}

func (l *link) change(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
}

// next returns the next frame, nil if there is none.
func (c *client) next() []byte {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.frames) == 0 {
		return nil
	}
	text := c.frames[0]
	c.frames = c.frames[1:]
	return text
}

// want reads a frame that has all that is given, and maybe more. null is also
// what is not there; what must not be there is so given as null.
func (c *client) want(fields string) {
	c.t.Helper()
	text := c.next()
	if text == nil {
		c.t.Fatalf("nothing came, want %s", fields)
	}
	if !contains(text, fields) {
		c.t.Fatalf("got %s, want %s", text, fields)
	}
}

func contains(text []byte, fields string) bool {
	var got, want any
	if err := json.Unmarshal([]byte(fields), &want); err != nil {
		panic(err)
	}
	return json.Unmarshal(text, &got) == nil && covers(got, want)
}

func covers(got, want any) bool {
	w, ok := want.(map[string]any)
	if !ok {
		return reflect.DeepEqual(got, want)
	}
	g, ok := got.(map[string]any)
	for key, value := range w {
		ok = ok && covers(g[key], value)
	}
	return ok
}

func (c *client) wantNothing() {
	c.t.Helper()
	if text := c.next(); text != nil {
		c.t.Fatalf("got %s, want nothing", text)
	}
}

// wantEnd reads the last frame, an error, and checks how the link was closed.
func (c *client) wantEnd(code string, status int) {
	c.t.Helper()
	c.want(`{"type":"error","code":"` + code + `"}`)
	c.wantClosed(status)
}

func (c *client) wantClosed(status int) {
	c.t.Helper()
	c.wantNothing()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended || c.code != status {
		c.t.Errorf("closed: %v, with %d, want %d", c.ended, c.code, status)
	}
}

func (c *client) wantOpen() {
	c.t.Helper()
	c.wantNothing()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		c.t.Errorf("closed with %d", c.code)
	}
}

func typeOf(t *testing.T, text string) string {
	t.Helper()
	var v struct{ Type string }
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v.Type
}

func hasKey(t *testing.T, text []byte, key string) bool {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	_, ok := v[key]
	return ok
}
