package e2e

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// choir is four people who write as fast as they can while something happens to
// the system, and two who read.
type choir struct {
	t       *testing.T
	hall    id.Room
	people  []*person
	counts  []int // acknowledged messages of each
	readers []*link
	prober  *link
	stop    chan struct{}
	writing sync.WaitGroup
}

func sing(t *testing.T, s *system) *choir {
	t.Helper()
	c := &choir{t: t, people: make([]*person, 4), counts: make([]int, 4), stop: make(chan struct{})}
	for i := range c.people {
		c.people[i] = register(t, s.Gateways[i%len(s.Gateways)], "writer")
	}
	c.hall = room(t, c.people[0], c.people[1:]...)
	c.readers = []*link{c.people[0].ws(t), c.people[1].tcp(t)}
	for n, p := range c.people {
		l := p.tcp(t).deaf()
		c.writing.Go(func() { c.write(n, p, l) })
	}
	c.prober = c.people[2].at(t, s.first()).ws(t).deaf()
	return c
}

func (c *choir) write(n int, p *person, l *link) {
	for i := 0; ; i++ {
		select {
		case <-c.stop:
			return
		default:
		}
		if _, err := l.Send(c.t.Context(), lair.Draft{
			Target: clientv1.ToRoom(c.hall), Content: fmt.Sprintf("%s %d", p.Username, i),
		}); err != nil {
			c.t.Error(err)
			return
		}
		c.counts[n]++
	}
}

// probe returns when a message is acknowledged that was sent now.
func (c *choir) probe() clientv1.Message {
	c.t.Helper()
	return c.prober.say(clientv1.ToRoom(c.hall), "probe")
}

// end stops the writers and fails the test unless both readers saw the same
// sequence, without a hole, with each acknowledged message once and those of each
// writer in order. It returns how many there were.
func (c *choir) end() int64 {
	c.t.Helper()
	close(c.stop)
	c.writing.Wait()
	end := c.probe()
	var stories [2][]id.Message
	for i, r := range c.readers {
		said, last := map[id.User]int{}, int64(0)
		for last < end.Seq {
			m := r.next(c.hall.Conversation())
			if last != 0 && m.Seq != last+1 {
				c.t.Fatalf("reader %d: %d came after %d", i, m.Seq, last)
			}
			last = m.Seq
			stories[i] = append(stories[i], m.Message.ID)
			if m.Message.Content == "probe" {
				continue
			}
			// By id: a name may be missing while auth is away.
			author := m.Message.Author
			if want := strconv.Itoa(said[author]); !strings.HasSuffix(m.Message.Content, " "+want) {
				c.t.Fatalf("reader %d: got %q, want number %s", i, m.Message.Content, want)
			}
			said[author]++
		}
		for n, p := range c.people {
			if said[p.ID] != c.counts[n] {
				c.t.Errorf("%s had %d messages acknowledged, reader %d saw %d", p.Username, c.counts[n], i, said[p.ID])
			}
		}
	}
	if !slices.Equal(stories[0], stories[1]) {
		c.t.Error("two readers saw different sequences")
	}
	return end.Seq
}
