package e2e

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// What is known to be wrong with the real time of Lair Chat 0.8 is right here,
// as its own client sees it. The scenarios share one system.
func TestKnownGapsOfTheOldServerAreClosed(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"MembersHearThatTheirRoomIsDeleted", membersHearThatTheirRoomIsDeleted},
			{"MembersDoNotInviteOverSockets", membersDoNotInviteOverSockets},
			{"StrangersDoNotType", strangersDoNotType},
			{"SocketsReadInPages", socketsReadInPages},
			{"NewPasswordEndsOtherSocketsAndNotItsOwn", newPasswordEndsOtherSockets},
			{"CurrentUserIsTheOneOfNow", currentUserIsTheOneOfNow},
			{"LogoutOnASocketClosesIt", logoutOnASocketClosesIt},
			{"WhoComesBackAtOnceIsOnline", whoComesBackAtOnceIsOnline},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

// oldPair is two old clients that are logged in, on TCP and on WebSocket.
func oldPair(t *testing.T, s *system) (ann, bob *oldClient) {
	t.Helper()
	ann, bob = oldTCP(t, s.first()), oldWS(t, s.last())
	for _, c := range []*oldClient{ann, bob} {
		c.registers()
		c.enters()
	}
	return ann, bob
}

// makesRoom makes a room that the others join.
func (c *oldClient) makesRoom(others ...*oldClient) string {
	c.t.Helper()
	room := c.ask(http.MethodPost, "/api/v1/rooms", `{"name":"gap `+rand.Text()+`"}`, shape{"room": aRoom})["room"].(map[string]any)["id"].(string)
	for _, other := range others {
		other.ask(http.MethodPost, "/api/v1/rooms/"+room+"/join", "", shape{"room": aRoom})
		other.waits("user_joined_room", `{"room_id":"`+room+`","user":{"id":"`+other.id()+`"}}`)
	}
	return room
}

// answer says a command and returns the frame of the type that answers it.
func (c *oldClient) answer(kind, format string, args ...any) map[string]any {
	c.t.Helper()
	c.say(format, args...)
	for {
		v := c.next()
		if v["type"] == kind {
			return v
		}
		c.heard = append(c.heard, v)
	}
}

// ends reads until the connection is closed, and returns the code of the last
// error frame.
func (c *oldClient) ends() string {
	c.t.Helper()
	code := ""
	for ctx := soon(c.t); ; {
		text, err := c.read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				c.t.Fatal("the server does not close the connection")
			}
			return code
		}
		if v, err := oldFrame(text); err != nil {
			c.t.Fatalf("0.8 does not take %s: %v", text, err)
		} else if v["type"] == "error" {
			code, _ = v["code"].(string)
		}
	}
}

func membersHearThatTheirRoomIsDeleted(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	hall := ann.makesRoom(bob)
	ann.ask(http.MethodDelete, "/api/v1/rooms/"+hall, "", shape{})
	for _, c := range []*oldClient{ann, bob} {
		c.waits("room_deleted", `{"room_id":"`+hall+`","deleted_by":"`+ann.id()+`"}`)
	}
}

func membersDoNotInviteOverSockets(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	eve := oldTCP(t, s.last())
	eve.registers()
	hall := ann.makesRoom(bob)
	const invite = `{"type":"invite_to_room","room_id":"%s","user_id":"%s"}`
	bob.say(invite, hall, eve.id())
	bob.waits("invite_to_room_response", `{"success":false,"error":{"code":"permission_denied"}}`)
	ann.say(invite, hall, eve.id())
	ann.waits("invite_to_room_response", `{"success":true}`)
}

func strangersDoNotType(t *testing.T, s *system) {
	ann, eve := oldPair(t, s)
	hall := ann.makesRoom()
	const typing = `{"type":"typing","target":{"type":"room","room_id":"%s"}}`
	eve.say(typing, hall)
	eve.sends(`{"type":"dm","recipient":"`+ann.id()+`"}`, "was I heard?")
	ann.waits("message_received", `{"message":{"content":"was I heard?"}}`)
	ann.say(typing, hall)
	ann.waits("user_typing", `{"user_id":"`+ann.id()+`"}`)
	for _, v := range ann.heard {
		if v["type"] == "user_typing" {
			t.Errorf("heard %v", v)
		}
	}
}

func socketsReadInPages(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	hall := ann.makesRoom(bob)
	bob.makesRoom() // ann is not in it
	ann.makesRoom()
	ann.makesRoom()
	for _, page := range []struct {
		offset, rooms int
		more          bool
	}{{0, 2, true}, {2, 1, false}, {3, 0, false}} {
		v := ann.answer("list_rooms_response", `{"type":"list_rooms","limit":2,"offset":%d,"filter":{"joined_only":true}}`, page.offset)
		if rooms, _ := v["rooms"].([]any); len(rooms) != page.rooms || v["has_more"] != page.more {
			t.Errorf("at %d: %d rooms, has_more %v", page.offset, len(rooms), v["has_more"])
		}
	}
	for _, text := range []string{"one", "two", "three"} {
		ann.sends(`{"type":"room","room_id":"`+hall+`"}`, text)
	}
	before, want := "", []string{"three", "two", "one"}
	for i, text := range want {
		v := bob.answer("get_messages_response", `{"type":"get_messages","target":{"type":"room","room_id":"%s"},"limit":1%s}`, hall, before)
		list, _ := v["messages"].([]any)
		if len(list) != 1 || v["has_more"] != (i < len(want)-1) {
			t.Fatalf("page %d is %v", i, v)
		}
		m := list[0].(map[string]any)
		if m["content"] != text {
			t.Errorf("page %d has %v, want %s", i, m["content"], text)
		}
		before = `,"before":"` + m["created_at"].(string) + `"`
	}
}

func newPasswordEndsOtherSockets(t *testing.T, s *system) {
	ann, other := oldTCP(t, s.first()), oldWS(t, s.last())
	name := ann.registers()
	other.logsIn(name)
	ann.enters()
	other.enters()
	ann.ask(http.MethodPost, "/api/v1/auth/change-password", `{"current_password":"`+password+`","new_password":"`+password+` 2"}`, shape{})
	if code := other.ends(); code != "session_revoked" {
		t.Errorf("the other socket ends with %q", code)
	}
	ann.sends(`{"type":"dm","recipient":"`+ann.id()+`"}`, "I am still here")
}

func currentUserIsTheOneOfNow(t *testing.T, s *system) {
	ann, _ := oldPair(t, s)
	address := strings.ToLower(rand.Text()) + "@example.org"
	ann.ask(http.MethodPatch, "/api/v1/users/me", `{"email":"`+address+`"}`, shape{"user": aUser})
	ann.say(`{"type":"get_current_user"}`)
	ann.waits("get_current_user_response", `{"success":true,"user":{"email":"`+address+`"}}`)
}

func logoutOnASocketClosesIt(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	for _, c := range []*oldClient{ann, bob} {
		c.say(`{"type":"logout"}`)
		c.waits("logout_response", `{"success":true}`)
		c.ends()
		c.refused(http.MethodGet, "/api/v1/users/me", "", "session_not_found")
	}
}

// A second connection comes before the first one has gone, again and again.
func whoComesBackAtOnceIsOnline(t *testing.T, s *system) {
	ann, bob := oldPair(t, s)
	last := bob
	for range 10 {
		next := oldTCP(t, s.last())
		next.token, next.self = bob.token, bob.self
		next.say(`{"type":"authenticate","token":"%s"}`, next.token)
		last.close()
		next.waits("authenticate_response", `{"success":true}`)
		last = next
	}
	last.ping()
	if v := ann.ask(http.MethodGet, "/api/v1/users/"+bob.id(), "", shape{"user": aUser, "online": aBool}); v["online"] != true {
		t.Error("who is connected is not online")
	}
}

// Old clients are told that the server stops, and are let go.
func TestOldClientsAreToldThatTheServerStops(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		g := s.first()
		ann, bob, unknown := oldTCP(t, g), oldWS(t, g), oldWS(t, g)
		for _, c := range []*oldClient{ann, bob} {
			c.registers()
			c.enters()
		}
		stopped := make(chan error, 1)
		go func() { stopped <- g.Stop() }()
		for _, c := range []*oldClient{ann, bob, unknown} {
			if code := c.ends(); code != "going_away" {
				t.Errorf("a connection ends with %q", code)
			}
		}
		must(t, <-stopped)
		must(t, g.Run(t.Context()))
	})
}

// However a connection ends, its place is free for another one.
func TestConnectionsThatEndedTakeNoPlace(t *testing.T) {
	const places = 3
	s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Env = append(o.Env, "LAIR_TCP_MAX_CONNECTIONS=3", "LAIR_WS_MAX_CONNECTIONS=3")
		return cluster.One(ctx, o)
	})
	g := s.first()
	ends := []func(c *oldClient){
		func(c *oldClient) { // the client has gone
			c.close()
		},
		func(c *oldClient) { // it breaks the protocol
			c.say(`{"type":"client_hello","version":"2.0"}`)
			c.ends()
		},
		func(c *oldClient) {
			_ = c.write(soon(t), `{"type":"`+strings.Repeat("x", 1<<20)+`"}`) // it may be refused in the middle
			c.ends()
		},
		func(c *oldClient) { // it logs out
			c.say(`{"type":"client_hello","version":"1.0"}`)
			c.registers()
			c.enters()
			c.say(`{"type":"logout"}`)
			c.ends()
		},
	}
	for i := range 4 * places * len(ends) {
		ends[i%len(ends)](plainOld(t, g, i/len(ends)%2 == 0))
	}
}

// plainOld connects when there is a place, which an end frees in a moment.
func plainOld(t *testing.T, g *cluster.Gateway, tcp bool) *oldClient {
	t.Helper()
	address := strings.TrimPrefix(g.TCP, "tcp://")
	for ctx := soon(t); ctx.Err() == nil; {
		var w oldWire
		if tcp {
			nc, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			must(t, err)
			w = &oldTCPWire{conn: nc}
		} else {
			conn, _, err := websocket.Dial(ctx, g.WS, nil) //nolint:bodyclose // the connection took it
			if err != nil {
				continue
			}
			conn.SetReadLimit(1 << 20)
			w = oldWSWire{conn}
		}
		hello, cancel := context.WithTimeout(ctx, 10*time.Second)
		text, err := w.read(hello)
		cancel()
		if err == nil {
			if v, err := oldFrame(text); err != nil || v["type"] != "server_hello" {
				t.Fatalf("the server said %s", text)
			}
			return newOldClient(t, w, address)
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
			t.Fatal(err)
		}
		w.close()
	}
	t.Fatal("no place becomes free")
	return nil
}
