package e2e

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// crowd are the people of the matrix: one for each role, and those to whom
// something is done.
type crowd struct {
	system                      *system
	roles                       map[string]*person
	chief, plain, second, third *person // an owner, a member, a moderator and an owner
	guest                       *person // who is in no room
	outcast, deaf               *person // who is banned everywhere, and who blocks everybody
	talk                        id.Message
	letters                     map[string]id.Message // what the chief wrote to each role
}

func gather(t *testing.T, s *system) *crowd {
	t.Helper()
	c := &crowd{system: s, roles: map[string]*person{}, letters: map[string]id.Message{}}
	people := make([]*person, len(roles))
	var all sync.WaitGroup
	all.Go(func() {
		for _, p := range []**person{&c.chief, &c.plain, &c.second, &c.third, &c.guest, &c.outcast, &c.deaf} {
			*p = register(t, s.first(), "target")
		}
	})
	all.Go(func() {
		for i, role := range roles {
			people[i] = register(t, s.Gateways[i%len(s.Gateways)], role)
		}
	})
	if all.Wait(); t.Failed() {
		t.FailNow()
	}
	c.talk = dm(t, c.chief, c.plain)
	for i, role := range roles {
		c.roles[role], c.letters[role] = people[i], dm(t, c.chief, people[i])
		c.deaf.done(t, "PUT", "users/me/blocks/"+people[i].ID.String(), nil, nil)
	}
	promote(t, s, c.roles["admin"])
	return c
}

// promote makes an administrator, as operators do.
func promote(t *testing.T, s *system, p *person) {
	t.Helper()
	cmd := exec.CommandContext(soon(t), filepath.Join(bin, "lair"), "admin", "create", "-name", p.Username, "-promote")
	cmd.Env = append(os.Environ(), "LAIR_DATA_DIR="+filepath.Join(filepath.Dir(s.log.Name()), "data"))
	if s.Postgres != nil {
		cmd.Env = append(cmd.Env, "LAIR_DATABASE_URL="+s.Postgres.URL("postgres"))
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func dm(t *testing.T, from, to *person) id.Message {
	t.Helper()
	m, err := from.Send(soon(t), lair.Draft{Target: clientv1.ToUser(to.ID), Content: "psst"})
	must(t, err)
	return m.ID
}

// hall is a room with everybody in it.
type hall struct {
	id         id.Room
	name       string
	said       map[string]id.Message // by role, and of the chief
	invitation map[string]id.Invitation
}

// cast are the people at one door, in rooms of their own.
type cast struct {
	*crowd
	t     *testing.T
	door  string
	links []*link
	rooms map[kind]*hall
	hall  *hall
	// Who acts now.
	self *person
	link *link
	role string
	want string
	// typists were heard in the room.
	typists []*person
}

// kind is a kind of room.
type kind string

const (
	public    kind = "public"
	private   kind = "private"
	moderated kind = "moderated"
	alone     kind = "alone" // there is one owner
)

func (c *cast) connect(p *person) *link {
	switch c.door {
	case "tcp":
		return p.tcp(c.t)
	case "ws":
		return p.ws(c.t)
	}
	return nil
}

// prepare fills a room of the kind that the act is tried in, unless there is one
// that nobody has changed.
func (c *cast) prepare(k kind) {
	c.t.Helper()
	if c.rooms[k] == nil {
		c.rooms[k] = c.fill(k)
	}
	c.hall = c.rooms[k]
}

func (c *cast) fill(k kind) *hall {
	c.t.Helper()
	t, maker := c.t, c.roles["maker"]
	h := &hall{name: "hall " + rand.Text(), said: map[string]id.Message{}, invitation: map[string]id.Invitation{}}
	r, err := maker.CreateRoom(soon(t), lair.NewRoom{Name: h.name})
	must(t, err)
	h.id = r.ID
	c.hall = h
	_, err = c.chief.JoinRoom(soon(t), h.id)
	must(t, err)
	c.setRole(maker, c.chief, "owner")
	for who, role := range map[*person]string{c.plain: "member", c.second: "moderator", c.third: "owner"} {
		c.enter(who, role)
	}
	h.say(t, "chief", c.chief)
	for _, role := range []string{"left", "banned", "muted", "member", "moderator", "owner"} {
		c.enter(c.roles[role], role)
		h.say(t, role, c.roles[role])
	}
	h.say(t, "maker", maker)
	must(t, c.roles["left"].LeaveRoom(soon(t), h.id))
	room := "rooms/" + h.id.String()
	for _, p := range []*person{c.roles["banned"], c.outcast} {
		c.chief.done(t, "PUT", room+"/bans/"+p.ID.String(), nil, nil)
	}
	c.chief.done(t, "PUT", room+"/members/"+c.roles["muted"].ID.String()+"/mute", nil, nil)
	h.invitation["invited"] = c.invite(h, c.roles["invited"])
	h.invitation["deaf"] = c.invite(h, c.deaf)
	c.setRole(c.chief, maker, "member") // the last event of a public room
	switch k {
	case public:
	case private:
		c.set(h, clientv1.SettingsRequest{Public: new(false)})
	case moderated:
		c.set(h, clientv1.SettingsRequest{Moderated: new(true)})
	case alone:
		must(t, c.chief.LeaveRoom(soon(t), h.id))
		must(t, c.third.LeaveRoom(soon(t), h.id))
	}
	return h
}

func (h *hall) say(t *testing.T, name string, p *person) {
	t.Helper()
	m, err := p.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(h.id), Content: "I am here"})
	if lair.Code(err) != "permission_denied" { // the muted one
		must(t, err)
		h.said[name] = m.ID
	}
}

// enter has one join, who gets the role of that name, if it is one.
func (c *cast) enter(p *person, role string) {
	c.t.Helper()
	_, err := p.JoinRoom(soon(c.t), c.hall.id)
	must(c.t, err)
	if role == "moderator" || role == "owner" {
		c.setRole(c.chief, p, role)
	}
}

func (c *cast) setRole(by, p *person, role string) {
	c.t.Helper()
	by.done(c.t, "PUT", "rooms/"+c.hall.id.String()+"/members/"+p.ID.String()+"/role", clientv1.RoleBody{Role: &role}, nil)
}

func (c *cast) set(h *hall, s clientv1.SettingsRequest) {
	c.t.Helper()
	c.chief.done(c.t, "PATCH", "rooms/"+h.id.String(), clientv1.UpdateRoomBody{Settings: &s}, nil)
}

func (c *cast) invite(h *hall, p *person) id.Invitation {
	c.t.Helper()
	var made clientv1.InvitationBody
	c.chief.done(c.t, "POST", "invitations", clientv1.InviteBody{RoomID: new(h.id.String()), UserID: new(p.ID.String())}, &made)
	return made.Invitation.ID
}
