package e2e

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// person is a user of one gateway.
type person struct {
	*lair.API
	clientv1.User
	gateway *cluster.Gateway
}

const password = "correct horse battery"

// register makes a user whose name begins with name: tests share a system.
func register(t *testing.T, g *cluster.Gateway, name string) *person {
	t.Helper()
	api, err := lair.New(g.HTTP, lair.APIOptions{})
	must(t, err)
	name += "_" + strings.ToLower(rand.Text()[:10])
	s, err := api.Register(soon(t), name, name+"@example.com", password)
	must(t, err)
	return &person{API: api, User: s.User, gateway: g}
}

// at returns the same person, who talks to another gateway.
func (p *person) at(t *testing.T, g *cluster.Gateway) *person {
	t.Helper()
	api, err := lair.New(g.HTTP, lair.APIOptions{Token: p.Token()})
	must(t, err)
	return &person{API: api, User: p.User, gateway: g}
}

// room makes a room of the first person and has the others join.
func room(t *testing.T, owner *person, others ...*person) id.Room {
	t.Helper()
	r, err := owner.CreateRoom(soon(t), lair.NewRoom{Name: "hall " + rand.Text()})
	must(t, err)
	for _, p := range others {
		_, err := p.JoinRoom(soon(t), r.ID)
		must(t, err)
	}
	return r.ID
}

// link is a live connection of a person.
type link struct {
	*lair.Link
	test *testing.T
}

func (p *person) tcp(t *testing.T, from ...lair.Positions) *link {
	t.Helper()
	return p.dial(t, p.gateway.TCP, from...)
}

func (p *person) ws(t *testing.T) *link {
	t.Helper()
	return p.dial(t, p.gateway.WS)
}

func (p *person) dial(t *testing.T, address string, from ...lair.Positions) *link {
	t.Helper()
	o := lair.Options{Address: address, Token: p.Token(), MaxBackoff: 300e6}
	if len(from) > 0 {
		o.Positions = from[0]
	}
	l, err := lair.Dial(soon(t), o)
	must(t, err)
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil && !errors.Is(err, lair.ErrClosed) {
			t.Error(err)
		}
	})
	return &link{l, t}
}

// say sends a message and returns it once it is acknowledged.
func (l *link) say(to clientv1.Target, content string) clientv1.Message {
	l.test.Helper()
	m, err := l.Send(soon(l.test), lair.Draft{Target: to, Content: content})
	must(l.test, err)
	return m
}

// deaf takes all events and forgets them, for those who only speak.
func (l *link) deaf() *link {
	go func() {
		for range l.Events() { // they have to be taken
		}
	}()
	return l
}

// next returns the next event of the conversation that is a message.
func (l *link) next(c id.Conversation) *clientv1.MessageReceived {
	l.test.Helper()
	for {
		e, err := l.Next(soon(l.test))
		must(l.test, err)
		v, err := e.Decode()
		must(l.test, err)
		if m, ok := v.(*clientv1.MessageReceived); ok && m.Conversation == c {
			return m
		}
	}
}

// event returns the next event of the type.
func event[E any](l *link) *E {
	l.test.Helper()
	for {
		e, err := l.Next(soon(l.test))
		must(l.test, err)
		v, err := e.Decode()
		must(l.test, err)
		if x, ok := v.(*E); ok {
			return x
		}
	}
}

// hears fails unless the next messages of the conversation are these.
func (l *link) hears(c id.Conversation, contents ...string) {
	l.test.Helper()
	for _, want := range contents {
		if m := l.next(c); m.Message.Content != want {
			l.test.Fatalf("got %q at %d, want %q", m.Message.Content, m.Seq, want)
		}
	}
}

// history returns all messages of a room, the oldest first, through the API.
func (p *person) history(t *testing.T, r id.Room) []clientv1.Message {
	t.Helper()
	var all []clientv1.Message
	for after := int64(0); ; {
		body, err := p.Messages(soon(t), lair.MessagesQuery{Target: clientv1.ToRoom(r), AfterSeq: &after, Limit: 100})
		must(t, err)
		for _, v := range slices.Backward(body.Messages) {
			all = append(all, v)
		}
		if !body.HasMore {
			return all
		}
		after = all[len(all)-1].Seq
	}
}
