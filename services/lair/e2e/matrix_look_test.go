package e2e

import (
	"encoding/json"
	"net/url"
	"strconv"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// looked and lookedFor say that there is the door, for acts that look.
func looked(*cast) request             { return request{} }
func lookedFor(*cast) clientv1.Command { return clientv1.Command{} }

func seen(is bool) string {
	if is {
		return ""
	}
	return "unseen"
}

// page returns a page of rooms with a part in their names.
func (c *cast) page(search string, offset uint32) clientv1.RoomsBody {
	c.t.Helper()
	var body clientv1.RoomsBody
	if c.door == "http" {
		q := url.Values{"search": {search}, "limit": {"100"}, "offset": {strconv.Itoa(int(offset))}}
		c.self.done(c.t, "GET", "rooms?"+q.Encode(), nil, &body)
		return body
	}
	c.ask(clientv1.Command{
		Type: clientv1.TypeListRooms, Limit: new(uint32(100)), Offset: &offset, Filter: &clientv1.Filter{Search: &search},
	}, &body)
	return body
}

func (c *cast) ask(command clientv1.Command, v any) {
	c.t.Helper()
	raw, err := c.link.Do(soon(c.t), command)
	must(c.t, err)
	must(c.t, json.Unmarshal(raw, v))
}

// lists reports whether the room is among those with a part in their names.
func (c *cast) lists(search string) bool {
	for offset := uint32(0); ; offset += 100 {
		body := c.page(search, offset)
		for _, item := range body.Rooms {
			if item.Room.ID == c.hall.id {
				return true
			}
		}
		if !body.HasMore {
			return false
		}
	}
}

func listed(c *cast) string { return seen(c.lists("")) }
func found(c *cast) string  { return seen(c.lists(c.hall.name[len("hall "):])) }

// synced looks for the last event of the room, which is after everybody who is
// gone had gone.
func synced(c *cast) string {
	page, err := c.self.Sync(soon(c.t), lair.Positions{Conversations: map[id.Conversation]int64{c.hall.id.Conversation(): 0}}, 1000)
	must(c.t, err)
	for _, e := range page.Events {
		v, err := e.Decode()
		must(c.t, err)
		if r, ok := v.(*clientv1.MemberRoleChanged); ok && r.UserID == c.roles["maker"].ID {
			return ""
		}
	}
	return "unseen"
}

// typed looks whether the chief hears that one is typing. Typing is passing, so
// connections are used that follow the room from the start. Who ought not to be
// heard is followed by a member: each of them is heard once in three seconds.
func typed(c *cast) string {
	watch, from := c.connect(c.chief), c.connect(c.self).deaf()
	sync := func(l *link) {
		_, err := l.Do(soon(c.t), clientv1.Command{Type: clientv1.TypeGetCurrentUser})
		must(c.t, err)
	}
	sync(watch)
	sync(from)
	must(c.t, from.Typing(soon(c.t), here(c)))
	sync(from) // it was carried out
	if c.want != "" {
		last := []*person{c.plain, c.second, c.third, c.chief, c.guest}[len(c.typists)]
		c.typists = append(c.typists, last)
		if last == c.guest {
			c.enter(last, "")
			defer func() { must(c.t, last.LeaveRoom(soon(c.t), c.hall.id)) }()
		}
		l := c.connect(last).deaf()
		sync(l)
		must(c.t, l.Typing(soon(c.t), here(c)))
	}
	for {
		if e := event[clientv1.UserTyping](watch); e.Target.RoomID == c.hall.id.String() {
			return seen(e.UserID == c.self.ID)
		}
	}
}

func addressed(c *cast) string {
	if c.door == "http" {
		var body clientv1.UsersBody
		c.self.done(c.t, "GET", "users?search="+c.chief.Username, nil, &body)
		return seen(len(body.Users) == 1 && body.Users[0].User.Email != "")
	}
	var body struct {
		Users []clientv1.User `json:"users"`
	}
	c.ask(clientv1.Command{Type: clientv1.TypeListUsers, Filter: &clientv1.Filter{Search: &c.chief.Username}}, &body)
	return seen(len(body.Users) == 1 && body.Users[0].Email != "")
}
