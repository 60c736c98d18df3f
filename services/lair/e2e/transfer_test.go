package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Everything that people did on SQLite is there on PostgreSQL: they read the same, with
// the same logins, and go on at the same positions; and a client that replays all
// events knows what those know who ask.
func TestDataMovesToPostgres(t *testing.T) {
	old, fresh := memory(t), memory(t)
	server := postgres(t, "lair")
	s := beginIn(t, starters[0].start, old)
	p := society(t, s)
	before := map[id.User]map[string]any{}
	for _, m := range p.people {
		m.hangUp()
		before[m.ID] = m.everything(t, p)
	}
	from, to := "sqlite:"+filepath.Join(old, "data", "lair.db"), server.URL("lair")
	if out, err := attempt(nil, "lair", "migrate-data", "-from", from, "-to", to); err == nil || !strings.Contains(out, "stop lair serve first") {
		t.Errorf("while it is served: %v, %s", err, out)
	}
	must(t, s.first().Stop())

	if out, err := attempt(nil, "lair", "migrate-data", "-from", from, "-to", to, "-dry-run"); err == nil || !strings.Contains(out, "lair migrate") {
		t.Errorf("a rehearsal without tables: %v, %s", err, out)
	}
	tool(t, []string{"LAIR_DATABASE_URL=" + to}, "lair", "migrate")
	if out := tool(t, nil, "lair", "migrate-data", "-from", from, "-to", to, "-dry-run"); !strings.Contains(out, "Nothing was written") {
		t.Errorf("a rehearsal says %s", out)
	}
	env := []string{"LAIR_DATA_DIR=" + filepath.Join(old, "data"), "LAIR_DATABASE_URL=" + to}
	if out := tool(t, env, "lair", "migrate-data"); !strings.Contains(out, "secret goes with it") || !strings.Contains(out, "rows on both sides") {
		t.Errorf("the move says %s", out)
	}
	if out, err := attempt(env, "lair", "migrate-data"); err == nil || !strings.Contains(out, "not empty") {
		t.Errorf("a second move: %v, %s", err, out)
	}

	s = beginIn(t, starters[0].start, fresh,
		"LAIR_DATABASE_URL="+to, "LAIR_JWT_SECRET_FILE="+filepath.Join(old, "data", "secret"))
	for i, m := range p.people {
		had := m.positions()
		m.person = m.at(t, s.first())
		after := m.everything(t, p)
		for what, want := range before[m.ID] {
			if diff := differ(stored(t, want), stored(t, after[what])); diff != "" {
				t.Errorf("%s sees another %s:\n%s", m.Username, what, diff)
			}
		}
		again := &mind{person: m.person, t: t, talks: map[id.Conversation]*talk{}, invited: map[id.Invitation]id.Room{}}
		again.catchUp() // with the first event
		again.compare(p)
		if has := again.positions(); !maps.Equal(has.Conversations, had.Conversations) || *has.UserSeq != *had.UserSeq {
			t.Errorf("%s is at %v, and was at %v", m.Username, has, had)
		}
		p.people[i] = again
	}
	// They go on where they were.
	p.people[0].done(t, "POST", "rooms", map[string]any{"name": "after the move"}, nil)
	p.say(t, p.people[0], clientv1.ToUser(p.people[0].ID))
	for _, m := range p.people {
		m.catchUp()
		m.hangUp()
	}
}

// stored is the text of an answer without who is online, which is stored nowhere.
func stored(t *testing.T, v any) string {
	t.Helper()
	return strings.ReplaceAll(text(t, v), `online":true`, `online":false`)
}

// society has people do all that there is.
func society(t *testing.T, s *system) *play {
	t.Helper()
	p := &play{rooms: map[id.Room]clientv1.Room{}, gone: map[id.Room]bool{}}
	for range 4 {
		p.people = append(p.people, &mind{
			person: register(t, s.first(), "mover"), t: t,
			talks: map[id.Conversation]*talk{}, invited: map[id.Invitation]id.Room{},
		})
	}
	for i := range 3 {
		p.create(t, p.people[i])
	}
	for _, m := range p.people {
		for _, r := range p.order[:2] {
			if _, err := m.JoinRoom(soon(t), r); lair.Code(err) != "already_member" {
				must(t, err)
			}
		}
	}
	chance := rand.New(rand.NewPCG(3, 4))
	for i := range 160 {
		p.act(t, chance, p.people[i%len(p.people)])
	}
	ann, bob := p.people[0], p.people[1]
	// What chance may have left out.
	p.create(t, ann)
	den := p.order[len(p.order)-1]
	p.say(t, ann, clientv1.ToRoom(den))
	ann.done(t, "POST", "invitations", clientv1.InviteBody{RoomID: new(den.String()), UserID: new(bob.ID.String())}, nil)
	ann.done(t, "PUT", fmt.Sprintf("rooms/%s/bans/%s", den, p.people[2].ID), nil, nil)
	_, err := ann.MarkRead(soon(t), clientv1.ToRoom(den), 1)
	must(t, err)
	ann.done(t, "PUT", "users/me/blocks/"+bob.ID.String(), nil, nil)
	ann.done(t, "PATCH", "users/me", map[string]string{"display_name": "Ann 🦊"}, nil)
	p.create(t, bob)
	bob.done(t, "DELETE", "rooms/"+p.order[len(p.order)-1].String(), nil, nil)
	p.gone[p.order[len(p.order)-1]] = true
	goner := register(t, s.first(), "goner")
	_, err = goner.Send(soon(t), lair.Draft{Target: clientv1.ToUser(p.people[3].ID), Content: "bye"})
	must(t, err)
	goner.done(t, "DELETE", "users/me", map[string]string{"password": password}, nil)
	for _, m := range p.people {
		m.catchUp()
	}
	return p
}

// everything is what a person reads who asks for all.
func (m *mind) everything(t *testing.T, p *play) map[string]any {
	t.Helper()
	all := map[string]any{}
	read := func(path string) {
		var body json.RawMessage
		if _, code := m.call(t, "GET", path, nil, &body); code != "" {
			all[path] = code
		} else {
			all[path] = body
		}
	}
	for _, path := range []string{"users/me", "users?limit=100", "rooms?limit=100", "invitations", "users/me/blocks"} {
		read(path)
	}
	for _, r := range p.order {
		for _, path := range []string{"", "/members", "/bans", "/invitations"} {
			read("rooms/" + r.String() + path)
		}
		read("messages?target_type=room&target_id=" + r.String() + "&limit=100")
	}
	for _, other := range p.people {
		read("messages?target_type=dm&target_id=" + other.ID.String() + "&limit=100")
	}
	now, err := m.Sync(soon(t), lair.Positions{}, 0)
	must(t, err)
	slices.SortFunc(now.Conversations, func(a, b clientv1.Conversation) int { return strings.Compare(a.ID.String(), b.ID.String()) })
	all["positions"] = now
	return all
}
