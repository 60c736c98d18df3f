package fakegateway

import (
	"encoding/json"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/sealed"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// frames is a connection of either kind.
type frames interface {
	read() ([]byte, error)
	write(frame []byte) error
	close()
}

// conn is a client. All fields below frames are guarded by Gateway.mu.
type conn struct {
	g      *Gateway
	frames frames

	user    *user
	resumed bool
	queue   [][]byte
	cipher  *sealed.Cipher // nil in clear
	wake    chan struct{}
	last    bool // cut when the queue is empty
	// gone is set when the gateway cuts the client off. A WebSocket may still
	// give out frames that had come with the last one; to take in one of them
	// after one in front of it was dropped would be an order that a real gateway
	// does not make.
	gone bool
}

// cut ends the connection: nothing more is taken in.
func (c *conn) cut() {
	c.gone = true
	c.frames.close()
}

// serve lives with a client until it is gone.
func (g *Gateway) serve(f frames) {
	c := &conn{g: g, frames: f, wake: make(chan struct{}, 1)}
	g.mu.Lock()
	if g.closed {
		c.cut() // Close has cut the others already
	}
	g.conns[c] = true
	c.push(encode(clientv1.ServerHello{
		Type: clientv1.TypeServerHello, Version: clientv1.Version, ServerName: "fake",
		Features: []string{clientv1.FeatureEncryption, clientv1.FeatureResume},
	}))
	g.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.write()
	}()
	for {
		raw, err := f.read()
		if err != nil {
			break
		}
		var cmd clientv1.Command
		g.mu.Lock()
		if c.gone {
			g.mu.Unlock()
			break
		}
		raw = c.open(raw)
		if err := json.Unmarshal(raw, &cmd); err != nil {
			c.push(encode(clientv1.ErrorFrame{Type: clientv1.TypeError, Error: clientv1.Error{Code: "invalid_message"}}))
		} else {
			c.handle(cmd)
		}
		g.mu.Unlock()
	}
	f.close()
	g.mu.Lock()
	delete(g.conns, c)
	close(c.wake)
	g.mu.Unlock()
	<-done
}

// push queues a frame; the caller holds Gateway.mu.
func (c *conn) push(raw []byte) {
	if c.last || !c.g.conns[c] {
		return
	}
	c.queue = append(c.queue, c.seal(raw))
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) write() {
	for range c.wake {
		for {
			c.g.mu.Lock()
			if len(c.queue) == 0 {
				if c.last {
					c.cut()
				}
				c.g.mu.Unlock()
				break
			}
			raw := c.queue[0]
			c.queue = c.queue[1:]
			c.g.mu.Unlock()
			if c.frames.write(raw) != nil {
				c.frames.close()
				continue
			}
			c.g.mu.Lock()
			c.g.written++
			c.g.mu.Unlock()
		}
	}
}

func (c *conn) answer(cmd clientv1.Command, v func(clientv1.Response) any) {
	c.push(encode(v(clientv1.Response{Type: clientv1.TypeResponse(cmd.Type), RequestID: cmd.RequestID, Success: true})))
}

func (c *conn) refuse(cmd clientv1.Command, code string) {
	c.push(encode(clientv1.Response{
		Type: clientv1.TypeResponse(cmd.Type), RequestID: cmd.RequestID,
		Error: &clientv1.Error{Code: code, Message: "refused"},
	}))
}

func (c *conn) handle(cmd clientv1.Command) {
	g := c.g
	switch {
	case cmd.Type == clientv1.TypePing:
		c.push(encode(clientv1.Pong{Type: clientv1.TypePong}))
		return
	case cmd.Type == clientv1.TypeClientHello:
		return
	case cmd.Type == clientv1.TypeKeyExchange:
		c.exchangeKeys(cmd)
		return
	case cmd.Type == clientv1.TypeAuthenticate:
		switch {
		case g.faults.strikes(RefuseToken):
			c.refuse(cmd, "token_expired")
		case g.revoked[*cmd.Token]:
			c.refuse(cmd, "session_not_found")
		default:
			c.user = g.user(name(*cmd.Token))
			c.answer(cmd, func(r clientv1.Response) any { return clientv1.SessionResponse{Response: r, User: &c.user.User} })
		}
		return
	case c.user == nil:
		c.push(encode(clientv1.ErrorFrame{
			Type: clientv1.TypeError, RequestID: cmd.RequestID,
			Error: clientv1.Error{Code: "unauthorized", Message: "authenticate first"},
		}))
		return
	}
	switch cmd.Type {
	case clientv1.TypeResume:
		c.resume(cmd)
	case clientv1.TypeSendMessage:
		c.send(cmd)
	case clientv1.TypeTyping:
		for other := range g.conns {
			if other.resumed {
				other.push(encode(clientv1.UserTyping{Type: clientv1.TypeUserTyping, UserID: c.user.ID, Target: *cmd.Target}))
			}
		}
	case clientv1.TypeCreateRoom:
		t := g.newRoom(*cmd.Name, c.user)
		if g.faults.strikes(DropAnswer) {
			c.cut()
			return
		}
		g.add(t, c.user)
		c.answer(cmd, func(r clientv1.Response) any { return clientv1.RoomResponse{Response: r, Room: t.room} })
	case clientv1.TypeJoinRoom:
		u, _ := id.Parse(*cmd.RoomID)
		t := g.talks[id.Conversation{UUID: u}]
		if t == nil {
			c.refuse(cmd, "room_not_found")
			return
		}
		g.add(t, c.user)
		c.answer(cmd, func(r clientv1.Response) any { return clientv1.RoomResponse{Response: r, Room: t.room} })
	case clientv1.TypeListRooms:
		if g.faults.strikes(DropAnswer) {
			c.cut()
			return
		}
		var rooms []clientv1.RoomItem
		for _, t := range g.talks {
			if t.room != nil {
				rooms = append(rooms, clientv1.RoomItem{Room: *t.room, MemberCount: len(t.members), IsMember: t.members[c.user.ID] != ""})
			}
		}
		c.answer(cmd, func(r clientv1.Response) any { return clientv1.RoomsResponse{Response: r, Rooms: rooms} })
	default:
		c.push(encode(clientv1.ErrorFrame{
			Type: clientv1.TypeError, RequestID: cmd.RequestID,
			Error: clientv1.Error{Code: "invalid_message", Message: "unknown type"},
		}))
	}
}

func (c *conn) send(cmd clientv1.Command) {
	g := c.g
	switch {
	case g.faults.strikes(CutBeforeCommit):
		c.cut()
		return
	case g.faults.strikes(RefuseBusy):
		c.refuse(cmd, "busy")
		return
	case g.faults.strikes(RefuseOften):
		c.push(encode(clientv1.Response{
			Type: clientv1.TypeResponse(cmd.Type), RequestID: cmd.RequestID,
			Error: &clientv1.Error{Code: "rate_limited", Message: "refused", RetryAfter: 10},
		}))
		return
	case g.faults.strikes(RefuseSession):
		c.refuse(cmd, "session_not_found")
		return
	}
	t, refusal := g.talk(c.user, *cmd.Target)
	if refusal != nil {
		c.refuse(cmd, refusal.Code)
		return
	}
	cut := g.faults.strikes(CutAfterCommit)
	if cut {
		c.cut()
	}
	m := g.say(t, c.user, *cmd.Target, *cmd.Content, *cmd.ClientMsgID)
	if !cut {
		c.answer(cmd, func(r clientv1.Response) any { return clientv1.MessageResponse{Response: r, Message: &m} })
	}
}

// resume answers, then brings what the client has not got.
func (c *conn) resume(cmd clientv1.Command) {
	var r clientv1.ResumeResponse
	var replay [][]byte
	begins := map[id.Conversation]int64{}
	r.UserSeq = int64(len(c.user.log))
	if cmd.UserSeq != nil {
		if *cmd.UserSeq > r.UserSeq {
			r.UserReset = true
		} else {
			for _, raw := range c.user.log[*cmd.UserSeq:] {
				var e clientv1.ConversationAdded
				if json.Unmarshal(raw, &e) == nil && e.Type == clientv1.TypeConversationAdded {
					begins[e.Conversation] = e.FirstSeq - 1
				}
				replay = append(replay, raw)
			}
		}
	}
	for _, t := range c.g.talks {
		if t.members[c.user.ID] == "" {
			continue
		}
		head := int64(len(t.log))
		conv := clientv1.Conversation{ID: t.id, Kind: "room", Seq: head, After: head}
		have, ok := cmd.Positions[t.id]
		if !ok {
			have, ok = begins[t.id]
		}
		if ok {
			if conv.Reset = have < t.floor || have > head; !conv.Reset {
				conv.After = have
				replay = append(replay, t.log[have:]...)
			}
		}
		r.Conversations = append(r.Conversations, conv)
	}
	c.answer(cmd, func(head clientv1.Response) any { r.Response = head; return r })
	cut := c.g.faults.strikes(CutReplay)
	if cut {
		replay = replay[:len(replay)/2]
	}
	for _, raw := range replay {
		c.push(raw)
	}
	c.resumed, c.last = true, cut
}
