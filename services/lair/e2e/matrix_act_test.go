package e2e

import (
	"net/http"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// act is something that one may try.
type act struct {
	name string
	in   kind // public if empty
	// spoils says that the room is not as it was if it succeeded, and cannot be
	// made so with undo.
	spoils bool
	undo   func(c *cast)
	// How it is done over HTTP, and on a socket. Either is nil where there is no
	// such door.
	request func(c *cast) request
	command func(c *cast) clientv1.Command
	// look is for what is not refused but not there: it returns "" or "unseen".
	look func(c *cast) string
}

type request struct {
	method, path string
	body         any
}

// statuses go with the codes.
var statuses = map[string]int{
	"not_room_member": 403, "permission_denied": 403, "user_banned": 403, "user_blocked": 403, "not_message_author": 403,
	"room_not_found": 404, "message_not_found": 404,
	"already_member": 409, "room_private": 409, "last_owner": 409, "not_invitee": 409,
}

// there reports whether there is such a door.
func (a act) there(door string) bool {
	if door == "http" {
		return a.request != nil
	}
	return a.command != nil
}

// try returns the code of the refusal, or "".
func (a act) try(c *cast) string {
	c.t.Helper()
	if a.look != nil {
		return a.look(c)
	}
	if c.door == "http" {
		r := a.request(c)
		status, code := c.self.call(c.t, r.method, r.path, r.body, nil)
		if want, known := statuses[code]; known && status != want {
			c.t.Errorf("%s %s: %d %s, want %d", c.role, a.name, status, code, want)
		}
		return code
	}
	_, err := c.link.Do(soon(c.t), a.command(c))
	code := lair.Code(err)
	switch {
	case code == "" && err != nil:
		c.t.Errorf("%s %s: %v", c.role, a.name, err)
	case code == "not_found": // get_room says so
		code = "room_not_found"
	}
	return code
}

// inRoom is a request about the room.
func inRoom(method, rest string, body any) func(*cast) request {
	return func(c *cast) request { return request{method, "rooms/" + c.hall.id.String() + rest, body} }
}

// onTarget is a request about the room and somebody.
func onTarget(method, path string, whom func(*cast) *person, rest string, body any) func(*cast) request {
	return func(c *cast) request {
		return inRoom(method, path+whom(c).ID.String()+rest, body)(c)
	}
}

func onUser(method, path string, whom func(*cast) *person, rest string, body any) func(*cast) request {
	return func(c *cast) request { return request{method, path + whom(c).ID.String() + rest, body} }
}

func self(c *cast) *person    { return c.self }
func chief(c *cast) *person   { return c.chief }
func plain(c *cast) *person   { return c.plain }
func second(c *cast) *person  { return c.second }
func third(c *cast) *person   { return c.third }
func guest(c *cast) *person   { return c.guest }
func outcast(c *cast) *person { return c.outcast }
func deaf(c *cast) *person    { return c.deaf }

// roomCommand is a command that only names the room.
func roomCommand(kind string) func(*cast) clientv1.Command {
	return func(c *cast) clientv1.Command { return clientv1.Command{Type: kind, RoomID: new(c.hall.id.String())} }
}

func inviteRequest(whom func(*cast) *person) func(*cast) request {
	return func(c *cast) request {
		return request{http.MethodPost, "invitations", clientv1.InviteBody{RoomID: new(c.hall.id.String()), UserID: new(whom(c).ID.String())}}
	}
}

func inviteCommand(whom func(*cast) *person) func(*cast) clientv1.Command {
	return func(c *cast) clientv1.Command {
		return clientv1.Command{Type: clientv1.TypeInviteToRoom, RoomID: new(c.hall.id.String()), UserID: new(whom(c).ID.String())}
	}
}

func answerRequest(of, verb string) func(*cast) request {
	return func(c *cast) request {
		return request{http.MethodPost, "invitations/" + c.hall.invitation[of].String() + "/" + verb, nil}
	}
}

func answerCommand(of, kind string) func(*cast) clientv1.Command {
	return func(c *cast) clientv1.Command {
		return clientv1.Command{Type: kind, InvitationID: new(c.hall.invitation[of].String())}
	}
}

// here and to are whom a message is for.
func here(c *cast) clientv1.Target { return clientv1.ToRoom(c.hall.id) }

func to(whom func(*cast) *person) func(*cast) clientv1.Target {
	return func(c *cast) clientv1.Target { return clientv1.ToUser(whom(c).ID) }
}

func sendRequest(target func(*cast) clientv1.Target) func(*cast) request {
	return func(c *cast) request {
		t := target(c)
		if t.Type != clientv1.TargetRoom {
			t.Type = "direct_message"
		}
		return request{http.MethodPost, "messages", clientv1.SendBody{Target: &t, Content: new("hm")}}
	}
}

func sendCommand(target func(*cast) clientv1.Target) func(*cast) clientv1.Command {
	return func(c *cast) clientv1.Command {
		return clientv1.Command{Type: clientv1.TypeSendMessage, Target: new(target(c)), Content: new("hm")}
	}
}
