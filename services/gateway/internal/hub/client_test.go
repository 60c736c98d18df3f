package hub_test

import (
	"encoding/binary"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// shown is a frame as the encoder of the tests makes it.
type shown struct {
	Type string
	Of   string // the topic of its sequence, or whom it concerns
	Seq  int64
}

// client is a connection.
type client struct {
	t    *testing.T
	user id.User
	form frame.Form
	// added, if set, is called for what the user is now part of.
	added func(c id.Conversation, first int64)
	// during, if set, runs in each Push.
	during func()

	mu      sync.Mutex
	shown   []shown
	passing []shown
	pushes  int
	ended   bool // takes nothing any more
}

func (c *client) User() id.User    { return c.user }
func (c *client) Form() frame.Form { return c.form }

func (c *client) Push(frames []byte) {
	if c.during != nil {
		c.during()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return
	}
	c.pushes++
	c.shown = append(c.shown, c.decode(frames)...)
}

func (c *client) PushPassing(frames []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passing = append(c.passing, c.decode(frames)...)
}

func (c *client) Added(conversation id.Conversation, first int64) {
	if c.added != nil {
		c.added(conversation, first)
	}
}

func (c *client) hasEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// decode takes frames apart as the peer does.
func (c *client) decode(frames []byte) []shown {
	var list []shown
	for len(frames) > 0 {
		var start, size int
		if c.form == frame.TCPPlain || c.form == frame.TCPResume {
			start, size = 4, int(binary.BigEndian.Uint32(frames))
		} else if start, size = 2, int(frames[1]); frames[0] != 0x81 || size > 125 {
			c.t.Errorf("a frame begins with %x", frames[:2])
			return list
		}
		var s shown
		if err := json.Unmarshal(frames[start:start+size], &s); err != nil {
			c.t.Errorf("%q: %v", frames[start:start+size], err)
		}
		list = append(list, s)
		frames = frames[start+size:]
	}
	return list
}

// seqs returns the positions of the events of k, in the order in which they
// came.
func (c *client) seqs(k hub.Key) []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []int64
	for _, s := range c.shown {
		if s.Type == "event" && s.Of == k.Topic() {
			list = append(list, s.Seq)
		}
	}
	return list
}

// got returns the frames since the last call when all is quiet.
func (c *client) got() (durable, passing []shown) {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	durable, passing = c.shown, c.passing
	c.shown, c.passing = nil, nil
	return durable, passing
}

// wantSeqs fails unless, when all is quiet, exactly the events first to last of
// k have come since the last call, in order.
func (c *client) wantSeqs(k hub.Key, first, last int64) {
	c.t.Helper()
	synctest.Wait()
	got := c.seqs(k)
	c.mu.Lock()
	c.shown = nil
	c.mu.Unlock()
	if int64(len(got)) != last-first+1 {
		c.t.Fatalf("events %v came, want %d to %d", got, first, last)
	}
	for i, seq := range got {
		if seq != first+int64(i) {
			c.t.Fatalf("events %v came, want %d to %d", got, first, last)
		}
	}
}

// wantNothing fails if any event has come since the last call.
func (c *client) wantNothing(k hub.Key) {
	c.t.Helper()
	c.wantSeqs(k, 1, 0)
}
