package swarm

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"sync"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Login says hello and authenticates. A listener then gets the events of its
// conversations; another gets none, only the answers to what it says.
func (c *Conn) Login(token string, listener bool) error {
	if err := c.await(`{"type":"server_hello"`); err != nil {
		return err
	}
	commands := []clientv1.Command{
		{Type: clientv1.TypeClientHello, Version: new(clientv1.Version), Features: []string{clientv1.FeatureResume}},
		{Type: clientv1.TypeAuthenticate, Token: &token},
	}
	if listener {
		commands = append(commands, clientv1.Command{Type: clientv1.TypeResume})
	}
	encoded := make([][]byte, len(commands))
	for i, command := range commands {
		var err error
		if encoded[i], err = json.Marshal(command); err != nil { //nolint:gosec // there is no password in it
			return err
		}
	}
	if err := c.Write(encoded...); err != nil {
		return err
	}
	if err := c.await(`{"type":"authenticate_response","request_id":null,"success":true`); err != nil || !listener {
		return err
	}
	return c.await(`{"type":"resume_response","request_id":null,"success":true`)
}

// Open is a set of connections to be opened.
type Open struct {
	Kind      Kind
	To        netip.AddrPort
	N         int
	Tokens    []string // used in turn; none means that nobody logs in
	Listeners bool
}

// dialers bounds the connections that are opened at once, each on a thread.
const dialers = 16

// perSource bounds the connections from one address: the ports of one are
// limited, and connecting becomes slow before they are used up.
const perSource = 4000

// Dial opens the connections, several at once.
func (o Open) Dial() ([]*Conn, error) {
	conns := make([]*Conn, o.N)
	var (
		g    sync.WaitGroup
		mu   sync.Mutex
		next int
		errs error
	)
	for range dialers {
		g.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				failed := errs != nil
				mu.Unlock()
				if i >= o.N || failed {
					return
				}
				c, err := o.one(i)
				if err != nil {
					mu.Lock()
					errs = fmt.Errorf("connection %d of %d: %w", i+1, o.N, err)
					mu.Unlock()
					return
				}
				conns[i] = c
			}
		})
	}
	g.Wait()
	if errs != nil {
		for _, c := range conns {
			if c != nil {
				c.Close()
			}
		}
		return nil, errs
	}
	return conns, nil
}

func (o Open) one(i int) (*Conn, error) {
	source := netip.AddrFrom4([4]byte{127, 0, byte(1 + i/perSource), 1}) //nolint:gosec // a handful
	c, err := Dial(o.Kind, o.To, source)
	if err != nil {
		return nil, err
	}
	c.Index = i
	if len(o.Tokens) == 0 {
		return c, nil
	}
	if err := c.Login(o.Tokens[i%len(o.Tokens)], o.Listeners); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Send is a message of 100 bytes to a room, as a command that is cheap to make.
type Send struct {
	Room string
	// Run makes the ids of this run's messages different from those of others.
	Run string
	buf []byte
}

// padding makes a message 100 bytes long, about a sentence.
const padding = " is the number of this message, and the rest of its words are here for their length only: lorem"

// Command returns the command to send message number n, valid until the next
// call. The number is the id of the request and begins the content.
func (s *Send) Command(n int64) []byte {
	s.buf = fmt.Appendf(s.buf[:0],
		`{"type":"send_message","request_id":"%d","target":{"type":"room","room_id":"%s"},"content":"%d%s","client_msg_id":"%s-%d"}`,
		n, s.Room, n, padding, s.Run, n)
	return s.buf
}
