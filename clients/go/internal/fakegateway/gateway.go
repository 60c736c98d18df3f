// Package fakegateway is a gateway for the tests of the SDK: it keeps
// everything in memory, speaks the real-time protocol over TCP, WebSocket and
// pipes, and misbehaves when it is told to.
//
// Whoever authenticates with the token "ann", or "ann.2", is the user ann, who
// exists from then on. Passwords are not looked at.
package fakegateway

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Gateway is a server. Its methods may be called by any goroutine.
type Gateway struct {
	mu      sync.Mutex
	users   map[string]*user
	talks   map[id.Conversation]*talk
	conns   map[*conn]bool
	revoked map[string]bool
	faults  faults
	written int // frames
	// encrypted counts the connections that were.
	encrypted int
	closed    bool

	running sync.WaitGroup
	tcp     net.Listener
	web     *http.Server
	webAddr string
}

type user struct {
	clientv1.User
	log [][]byte // own sequence
}

// talk is a conversation.
type talk struct {
	id      id.Conversation
	room    *clientv1.Room
	pair    [2]id.User         // of direct messages
	members map[id.User]string // their names
	log     [][]byte           // the events 1, 2, 3 …
	floor   int64              // events up to here are forgotten
	said    []clientv1.Message // in order
	byMsgID map[string]clientv1.Message
}

// New returns a gateway that can be reached with Dial only.
func New() *Gateway {
	return &Gateway{
		users: make(map[string]*user), talks: make(map[id.Conversation]*talk),
		conns: make(map[*conn]bool), revoked: make(map[string]bool),
	}
}

// Listen makes the gateway reachable on two ports of the loopback interface.
func (g *Gateway) Listen() error {
	var err error
	if g.tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil { //nolint:noctx // a test
		return err
	}
	web, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // a test
	if err != nil {
		return err
	}
	g.webAddr = web.Addr().String()
	g.web = &http.Server{Handler: g.handler(), ReadHeaderTimeout: time.Minute}
	g.running.Go(func() { _ = g.web.Serve(web) })
	g.running.Go(func() {
		for {
			nc, err := g.tcp.Accept()
			if err != nil {
				return
			}
			g.serveTCP(nc)
		}
	})
	return nil
}

// TCP returns the address for the TCP transport.
func (g *Gateway) TCP() string { return "tcp://" + g.tcp.Addr().String() }

// WS returns the address for WebSockets.
func (g *Gateway) WS() string { return "ws://" + g.webAddr + "/ws" }

// HTTP returns the address for requests.
func (g *Gateway) HTTP() string { return "http://" + g.webAddr }

// Dial returns a pipe that speaks the TCP protocol, whatever the address.
func (g *Gateway) Dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	if !g.serveTCP(server) {
		return nil, net.ErrClosed
	}
	return client, nil
}

func (g *Gateway) serveTCP(nc net.Conn) bool {
	if !g.enter() {
		_ = nc.Close()
		return false
	}
	go func() {
		defer g.running.Done()
		g.serve(&tcpFrames{nc})
	}()
	return true
}

// enter counts one more connection in running, unless the gateway is closed.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.running.Add(1)
	}
	return !g.closed
}

// Close ends everything and waits for it.
func (g *Gateway) Close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	if g.web != nil {
		_ = g.tcp.Close()
		_ = g.web.Close()
	}
	g.Cut()
	g.running.Wait()
}

// User returns the user of the name, who is made if need be.
func (g *Gateway) User(name string) clientv1.User {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.user(name).User
}

func (g *Gateway) user(name string) *user {
	u := g.users[name]
	if u == nil {
		u = &user{User: clientv1.User{ID: id.User{UUID: id.New()}, Username: name, Role: "user"}}
		g.users[name] = u
	}
	return u
}

// Room makes a room with the members. Nobody is told.
func (g *Gateway) Room(name string, members ...string) id.Room {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := g.newRoom(name, g.user(members[0]))
	for _, m := range members {
		t.members[g.user(m).ID] = m
	}
	return t.room.ID
}

func (g *Gateway) newRoom(name string, owner *user) *talk {
	r := clientv1.Room{ID: id.Room{UUID: id.New()}, Name: name, Owner: owner.ID}
	t := &talk{
		id: r.ID.Conversation(), room: &r, byMsgID: make(map[string]clientv1.Message),
		members: map[id.User]string{owner.ID: owner.Username},
	}
	g.talks[t.id] = t
	return t
}

// Add makes the user a member of the room, as another device might.
func (g *Gateway) Add(r id.Room, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.add(g.talks[r.Conversation()], g.user(name))
}

func (g *Gateway) add(t *talk, u *user) {
	t.members[u.ID] = u.Username
	first := int64(len(t.log)) + 1
	kind := "room"
	if t.room == nil {
		kind = "dm"
	}
	g.tell(u, clientv1.ConversationAdded{
		Type: clientv1.TypeConversationAdded, UserSeq: int64(len(u.log)) + 1,
		Conversation: t.id, Kind: kind, FirstSeq: first,
	})
	if t.room != nil {
		g.publish(t, clientv1.UserJoinedRoom{
			Type: clientv1.TypeUserJoinedRoom, Place: clientv1.Place{Conversation: t.id, Seq: first},
			RoomID: t.room.ID, User: u.User,
		})
	}
}

// Say sends a message for the user.
func (g *Gateway) Say(r id.Room, name, content string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.say(g.talks[r.Conversation()], g.user(name), clientv1.ToRoom(r), content, "")
}

// say stores and publishes, once for each client_msg_id.
func (g *Gateway) say(t *talk, u *user, to clientv1.Target, content, msgID string) clientv1.Message {
	key := u.Username + " " + msgID
	if m, ok := t.byMsgID[key]; ok && msgID != "" {
		return m
	}
	m := clientv1.Message{
		ID: id.Message{UUID: id.New()}, Author: u.ID, Target: to, Content: content,
		CreatedAt: clientv1.Time{Time: time.Now()}, Conversation: t.id, Seq: int64(len(t.log)) + 1, ClientMsgID: msgID,
	}
	t.byMsgID[key] = m
	t.said = append(t.said, m)
	g.publish(t, clientv1.MessageReceived{
		Type: clientv1.TypeMessageReceived, Place: clientv1.Place{Conversation: t.id, Seq: m.Seq},
		Message: m, AuthorUsername: u.Username,
	})
	return m
}

// Said returns the messages of a conversation in order.
func (g *Gateway) Said(c id.Conversation) []clientv1.Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]clientv1.Message(nil), g.talks[c].said...)
}

// talk returns the conversation that the target means to the user.
func (g *Gateway) talk(u *user, to clientv1.Target) (*talk, *clientv1.Error) {
	room, peer, err := to.Parse()
	if err != nil {
		return nil, &clientv1.Error{Code: "invalid_message", Message: "bad target"}
	}
	if to.Type == clientv1.TargetRoom {
		t := g.talks[room.Conversation()]
		if t == nil || t.members[u.ID] == "" {
			return nil, &clientv1.Error{Code: "not_room_member", Message: "not a member"}
		}
		return t, nil
	}
	c := id.Direct(u.ID, peer)
	t := g.talks[c]
	if t == nil {
		t = &talk{id: c, pair: [2]id.User{u.ID, peer}, members: map[id.User]string{}, byMsgID: map[string]clientv1.Message{}}
		g.talks[c] = t
		for _, x := range g.users {
			if x.ID == u.ID || x.ID == peer {
				g.add(t, x)
			}
		}
	}
	return t, nil
}

// publish appends an event to a conversation and sends it to who is there.
func (g *Gateway) publish(t *talk, event any) {
	raw := encode(event)
	t.log = append(t.log, raw)
	for c := range g.conns {
		if !c.resumed || t.members[c.user.ID] == "" || g.faults.strikes(SkipEvent) {
			continue
		}
		c.push(raw)
		if g.faults.strikes(RepeatEvents) {
			for _, old := range t.log[max(0, len(t.log)-3):] {
				c.push(old)
			}
		}
	}
}

// tell appends an event to a user's own sequence.
func (g *Gateway) tell(u *user, event any) {
	raw := encode(event)
	u.log = append(u.log, raw)
	g.whisper(u, raw)
}

func (g *Gateway) whisper(u *user, raw []byte) {
	for c := range g.conns {
		if c.resumed && c.user == u {
			c.push(raw)
		}
	}
}

func name(token string) string {
	n, _, _ := strings.Cut(token, ".")
	return n
}

func encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}
