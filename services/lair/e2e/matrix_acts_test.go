package e2e

import (
	"net/http"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// message is one of those that people said; own is the one of who acts.
type message func(*cast) id.Message

func own(c *cast) id.Message     { return c.hall.said[c.role] }
func chiefs(c *cast) id.Message  { return c.hall.said["chief"] }
func letter(c *cast) id.Message  { return c.letters[c.role] }
func another(c *cast) id.Message { return c.talk }

func edit(name string, m message) act {
	return act{
		name: name,
		request: func(c *cast) request {
			return request{http.MethodPatch, "messages/" + m(c).String(), clientv1.EditBody{Content: new("hm")}}
		},
		command: func(c *cast) clientv1.Command {
			return clientv1.Command{Type: clientv1.TypeEditMessage, MessageID: new(m(c).String()), Content: new("hm")}
		},
	}
}

func remove(name string, m message) act {
	return act{
		name:    name,
		undo:    func(c *cast) { c.hall.say(c.t, "chief", c.chief); c.hall.say(c.t, c.role, c.self) },
		request: func(c *cast) request { return request{http.MethodDelete, "messages/" + m(c).String(), nil} },
		command: func(c *cast) clientv1.Command {
			return clientv1.Command{Type: clientv1.TypeDeleteMessage, MessageID: new(m(c).String())}
		},
	}
}

func read(name string, in kind) act {
	return act{
		name: name, in: in,
		request: func(c *cast) request {
			return request{http.MethodGet, "messages?target_type=room&target_id=" + c.hall.id.String(), nil}
		},
		command: func(c *cast) clientv1.Command {
			return clientv1.Command{Type: clientv1.TypeGetMessages, Target: new(here(c))}
		},
	}
}

func send(name string, in kind, target func(*cast) clientv1.Target) act {
	return act{name: name, in: in, request: sendRequest(target), command: sendCommand(target)}
}

// govern is what there is only over HTTP.
func govern(name string, r func(*cast) request, undo ...func(*cast)) act {
	a := act{name: name, request: r}
	if len(undo) > 0 {
		a.undo = undo[0]
	}
	return a
}

func role(r string) clientv1.RoleBody { return clientv1.RoleBody{Role: &r} }

// acts are all that there is to be tried.
var acts = []act{
	{name: "see public in list", request: looked, command: lookedFor, look: listed},
	{name: "see private in list", in: private, request: looked, command: lookedFor, look: listed},
	{name: "find private by name", in: private, request: looked, command: lookedFor, look: found},
	{name: "get public", request: inRoom("GET", "", nil), command: roomCommand(clientv1.TypeGetRoom)},
	{name: "get private", in: private, request: inRoom("GET", "", nil), command: roomCommand(clientv1.TypeGetRoom)},
	{name: "join public", spoils: true, request: inRoom("POST", "/join", nil), command: roomCommand(clientv1.TypeJoinRoom)},
	{name: "join private", in: private, spoils: true, request: inRoom("POST", "/join", nil), command: roomCommand(clientv1.TypeJoinRoom)},
	{name: "leave", undo: func(c *cast) { c.enter(c.self, c.role) }, request: inRoom("POST", "/leave", nil), command: roomCommand(clientv1.TypeLeaveRoom)},
	{name: "leave as only owner", in: alone, request: inRoom("POST", "/leave", nil), command: roomCommand(clientv1.TypeLeaveRoom)},
	{name: "list members", request: inRoom("GET", "/members", nil)},
	{name: "list members of private", in: private, request: inRoom("GET", "/members", nil)},
	read("read messages", public),
	read("read private messages", private),
	{name: "read events", request: looked, look: synced},
	{name: "mark read", request: func(c *cast) request {
		return request{http.MethodPost, "messages/read", clientv1.ReadBody{Target: new(here(c))}}
	}},
	send("send", public, here),
	send("send where moderated", moderated, here),
	send("send to private", private, here),
	{name: "type", command: lookedFor, look: typed},
	edit("edit own", own),
	edit("edit another's", chiefs),
	remove("delete own", own),
	remove("delete another's", chiefs),
	govern("change the room", inRoom("PATCH", "", clientv1.UpdateRoomBody{Description: new("for few")})),
	{name: "delete the room", spoils: true, request: inRoom("DELETE", "", nil)},
	{name: "invite", undo: uninvite, request: inviteRequest(guest), command: inviteCommand(guest)},
	{name: "invite to private", in: private, undo: uninvite, request: inviteRequest(guest), command: inviteCommand(guest)},
	{name: "invite who is banned", request: inviteRequest(outcast), command: inviteCommand(outcast)},
	{name: "invite who blocks", request: inviteRequest(deaf), command: inviteCommand(deaf)},
	{name: "accept own invitation", in: private, spoils: true, request: answerRequest("invited", "accept"), command: answerCommand("invited", clientv1.TypeAcceptInvitation)},
	{name: "decline own invitation", in: private, request: answerRequest("invited", "decline"), command: answerCommand("invited", clientv1.TypeDeclineInvitation)},
	{name: "accept another's", request: answerRequest("deaf", "accept"), command: answerCommand("deaf", clientv1.TypeAcceptInvitation)},
	{name: "decline another's", request: answerRequest("deaf", "decline"), command: answerCommand("deaf", clientv1.TypeDeclineInvitation)},
	govern("cancel another's", func(c *cast) request {
		return request{http.MethodDelete, "invitations/" + c.hall.invitation["deaf"].String(), nil}
	}, func(c *cast) { c.hall.invitation["deaf"] = c.invite(c.hall, c.deaf) }),
	govern("kick a member", onTarget("DELETE", "/members/", plain, "", nil), back(plain, "member")),
	govern("kick a moderator", onTarget("DELETE", "/members/", second, "", nil), back(second, "moderator")),
	govern("kick an owner", onTarget("DELETE", "/members/", third, "", nil), back(third, "owner")),
	govern("kick oneself", onTarget("DELETE", "/members/", self, "", nil)),
	govern("mute a member", onTarget("PUT", "/members/", plain, "/mute", nil)),
	govern("mute a moderator", onTarget("PUT", "/members/", second, "/mute", nil)),
	govern("mute an owner", onTarget("PUT", "/members/", third, "/mute", nil)),
	govern("unmute oneself", onTarget("DELETE", "/members/", self, "/mute", nil)),
	govern("unmute a member", onTarget("DELETE", "/members/", plain, "/mute", nil)),
	govern("ban a stranger", onTarget("PUT", "/bans/", guest, "", nil)),
	govern("ban a member", onTarget("PUT", "/bans/", plain, "", nil), back(plain, "member")),
	govern("ban a moderator", onTarget("PUT", "/bans/", second, "", nil), back(second, "moderator")),
	govern("ban an owner", onTarget("PUT", "/bans/", third, "", nil), back(third, "owner")),
	govern("unban", onTarget("DELETE", "/bans/", outcast, "", nil)),
	govern("unban oneself", onTarget("DELETE", "/bans/", self, "", nil)),
	{name: "list bans", request: inRoom("GET", "/bans", nil)},
	govern("make a moderator", onTarget("PUT", "/members/", plain, "/role", role("moderator"))),
	govern("make an owner", onTarget("PUT", "/members/", plain, "/role", role("owner"))),
	govern("make oneself an owner", onTarget("PUT", "/members/", self, "/role", role("owner"))),
	govern("demote an owner", onTarget("PUT", "/members/", third, "/role", role("member"))),
	{name: "transfer", spoils: true, request: func(c *cast) request {
		return inRoom("POST", "/transfer", clientv1.TransferBody{UserID: new(c.plain.ID.String())})(c)
	}},
	send("send to a user", public, to(chief)),
	send("send to who blocks", public, to(deaf)),
	edit("edit what one was sent", letter),
	remove("delete what one was sent", letter),
	edit("change another's talk", another),
	{name: "block", request: onUser("PUT", "users/me/blocks/", guest, "", nil)},
	{name: "list users", request: fixed("GET", "users"), command: bare(clientv1.TypeListUsers)},
	{name: "get a user", request: onUser("GET", "users/", chief, "", nil), command: func(c *cast) clientv1.Command {
		return clientv1.Command{Type: clientv1.TypeGetUser, UserID: new(c.chief.ID.String())}
	}},
	{name: "see addresses of others", request: looked, command: lookedFor, look: addressed},
	{name: "read the statistics", request: fixed("GET", "admin/stats")},
	{name: "read the audit", request: fixed("GET", "admin/audit")},
	{name: "ban from the system", request: onUser("POST", "admin/users/", outcast, "/ban", clientv1.BanBody{Reason: new("noise")})},
	{name: "reset a password", request: onUser("POST", "admin/users/", outcast, "/reset-password", nil)},
}

// back lets one in again who is gone.
func back(whom func(*cast) *person, role string) func(*cast) {
	return func(c *cast) {
		c.chief.done(c.t, "DELETE", "rooms/"+c.hall.id.String()+"/bans/"+whom(c).ID.String(), nil, nil)
		c.enter(whom(c), role)
	}
}

// uninvite has the guest decline.
func uninvite(c *cast) {
	var list clientv1.InvitationsBody
	c.guest.done(c.t, "GET", "invitations", nil, &list)
	for _, i := range list.Invitations {
		if i.RoomID == c.hall.id {
			c.guest.done(c.t, "POST", "invitations/"+i.ID.String()+"/decline", nil, nil)
		}
	}
}

func fixed(method, path string) func(*cast) request {
	return func(*cast) request { return request{method, path, nil} }
}

func bare(kind string) func(*cast) clientv1.Command {
	return func(*cast) clientv1.Command { return clientv1.Command{Type: kind} }
}
