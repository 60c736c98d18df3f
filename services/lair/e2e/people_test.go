package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func whoLeavesHearsNothingMore(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall, den := room(t, ann, bob), room(t, ann, bob)
	a, b := ann.tcp(t), bob.ws(t)
	a.say(clientv1.ToRoom(hall), "before")
	must(t, bob.LeaveRoom(soon(t), hall))
	a.say(clientv1.ToRoom(hall), "after")
	a.say(clientv1.ToRoom(den), "elsewhere")
	b.hears(hall.Conversation(), "before")
	for gone, elsewhere := false, false; !gone || !elsewhere; {
		e, err := b.Next(soon(t))
		must(t, err)
		v, err := e.Decode()
		must(t, err)
		switch v := v.(type) {
		case *clientv1.UserLeftRoom:
			gone = gone || v.UserID == bob.ID
		case *clientv1.MessageReceived:
			if v.Conversation == hall.Conversation() {
				t.Fatalf("who left heard %q", v.Message.Content)
			}
			elsewhere = true
		}
	}
	_, err := b.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "still here"})
	if lair.Code(err) != "not_room_member" {
		t.Errorf("who left sends: %v", err)
	}
	_, err = bob.Messages(soon(t), lair.MessagesQuery{Target: clientv1.ToRoom(hall)})
	if lair.Code(err) != "not_room_member" {
		t.Errorf("who left reads: %v", err)
	}
	// Who comes back gets what was said meanwhile with the history, and what is
	// said from now on live.
	_, err = bob.JoinRoom(soon(t), hall)
	must(t, err)
	a.say(clientv1.ToRoom(hall), "welcome back")
	for {
		m := b.next(hall.Conversation())
		if m.Message.Content == "welcome back" {
			break
		}
	}
}

// A login that ends on one gateway is over on all of them, within two seconds.
func logoutEndsSocketsEverywhere(t *testing.T, s *system) {
	ann := register(t, s.first(), "ann")
	far := ann.at(t, s.last())
	sockets := []*link{ann.tcp(t), far.ws(t), far.tcp(t)}
	begun := time.Now()
	must(t, ann.Logout(soon(t)))
	for _, l := range sockets {
		for {
			_, err := l.Next(soon(t))
			if err == nil {
				continue
			}
			if code := lair.Code(err); code != "session_not_found" && code != "session_revoked" {
				t.Errorf("a socket of a session that ended ends with %v", err)
			}
			break
		}
	}
	t.Logf("all sockets were over after %v", time.Since(begun))
	if _, err := far.Me(soon(t)); lair.Code(err) != "session_not_found" {
		t.Errorf("a token of a session that ended: %v", err)
	}
}

func presenceIsSeenEverywhere(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	a := ann.ws(t)
	// Presence is passing: it is heard once the connection follows everything,
	// which it does before it takes the next command.
	a.say(clientv1.ToUser(ann.ID), "I am here")
	b := bob.tcp(t)
	sees := func(want string) {
		t.Helper()
		for {
			if p := event[clientv1.UserPresence](a); p.UserID == bob.ID {
				if p.Type != want || p.Username != bob.Username {
					t.Fatalf("got %+v, want %s", p, want)
				}
				return
			}
		}
	}
	sees(clientv1.TypeUserOnline)
	if !online(t, ann, bob.ID) {
		t.Error("who is connected elsewhere is not listed as online")
	}
	must(t, b.Close(soon(t)))
	sees(clientv1.TypeUserOffline)
	if online(t, ann, bob.ID) {
		t.Error("who is gone is listed as online")
	}
}

func online(t *testing.T, p *person, u id.User) bool {
	t.Helper()
	body, err := p.Users(soon(t), 100, 0)
	must(t, err)
	for _, item := range body.Users {
		if item.User.ID == u {
			return item.Online
		}
	}
	t.Fatalf("%v is not in the list of users", u)
	return false
}

// A client that asked for no features gets only what Lair Chat 0.8 knew.
func oldClientsGetNothingNew(t *testing.T, s *system) {
	known := map[string]bool{
		clientv1.TypeMessageReceived: true, clientv1.TypeUserJoinedRoom: true, clientv1.TypeUserLeftRoom: true,
		clientv1.TypeUserOnline: true, clientv1.TypeUserOffline: true, clientv1.TypeUserTyping: true,
	}
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	old, err := lair.Dial(soon(t), lair.Options{Address: bob.gateway.TCP, Token: bob.Token(), Features: []string{}})
	must(t, err)
	t.Cleanup(func() { must(t, old.Close(context.Background())) })
	hall := room(t, ann, bob)
	a := ann.ws(t)
	a.say(clientv1.ToUser(bob.ID), "one")
	a.say(clientv1.ToRoom(hall), "two")
	for heard := 0; heard < 2; {
		e, err := old.Next(soon(t))
		must(t, err)
		if !known[e.Type] {
			t.Errorf("an old client got %s", e.Raw)
		}
		if e.Type == clientv1.TypeMessageReceived {
			heard++
		}
	}
	if err := old.Err(); err != nil && !errors.Is(err, lair.ErrClosed) {
		t.Error(err)
	}
}
