package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/legacy/legacytest"
)

// People of Lair Chat 0.8 log in with their old passwords, read what was said, and go
// on; a client that replays all events knows what those know who ask.
func TestPeopleOfTheOldServerGoOn(t *testing.T) {
	old := legacytest.New(t)
	ann, bob := old.User(1, "Ann"), old.User(2, "bob")
	hall := old.Room(1, "Hall", ann)
	den := old.Room(2, "den", bob)
	old.Do("UPDATE rooms SET is_private = 1, max_members = 5 WHERE name = 'den'")
	old.Do("INSERT INTO invitations VALUES (?, ?, ?, ?, 'pending', NULL, ?, NULL, ?)", legacytest.ID(4, 1), den, bob, ann, legacytest.Start, 1<<33)
	old.Member(hall, bob, "moderator", legacytest.Start+10)
	for n, what := range []string{"one", "two", "three"} {
		old.Message(n, []string{ann, bob}[n%2], "room", hall, what, legacytest.Start+20)
	}
	old.Message(9, bob, "dm", ann, "psst", legacytest.Start+30)

	dir := memory(t)
	data := []string{"LAIR_DATA_DIR=" + filepath.Join(dir, "data")}
	if out := tool(t, data, "lair", "import-0.8", "-from", old.Path, "-dry-run"); !strings.Contains(out, "nothing is kept") {
		t.Errorf("a rehearsal says %s", out)
	}
	if out := tool(t, data, "lair", "import-0.8", "-from", old.Path); !strings.Contains(out, "0 problems") || !strings.Contains(out, "users                2         2         0         0") {
		t.Errorf("an import says %s", out)
	}
	s := beginIn(t, starters[0].start, dir)
	if out, err := attempt(data, "lair", "import-0.8", "-from", old.Path); err == nil || !strings.Contains(out, "stop lair serve first") {
		t.Errorf("while it is served: %v, %s", err, out)
	}
	if out, err := attempt([]string{"LAIR_DATA_DIR=" + t.TempDir()}, "lair", "import-0.8", "-from", filepath.Join(dir, "data", "lair.db")); err == nil || !strings.Contains(out, "it has not the table users") {
		t.Errorf("of a file of ours: %v, %s", err, out)
	}

	p := &play{rooms: map[id.Room]clientv1.Room{}, gone: map[id.Room]bool{}}
	for _, name := range []string{"ANN", "u2@example.org"} {
		api, err := lair.New(s.first().HTTP, lair.APIOptions{})
		must(t, err)
		login, err := api.Login(soon(t), name, legacytest.Password)
		must(t, err)
		p.people = append(p.people, &mind{
			person: &person{API: api, User: login.User, gateway: s.first()}, t: t,
			talks: map[id.Conversation]*talk{}, invited: map[id.Invitation]id.Room{},
		})
	}
	a, b := p.people[0], p.people[1]
	for _, r := range []string{hall, den} {
		which, err := id.Parse(r)
		must(t, err)
		detail, err := b.Room(soon(t), id.Room{UUID: which})
		must(t, err)
		p.rooms[detail.Room.ID] = detail.Room
		p.order = append(p.order, detail.Room.ID)
	}
	if got := contents(a.history(t, p.order[0])); strings.Join(got, " ") != "one two three" {
		t.Errorf("ann reads %q", got)
	}
	_, err := a.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(p.order[0]), Content: "four"})
	must(t, err)
	_, err = a.Send(soon(t), lair.Draft{Target: clientv1.ToUser(b.ID), Content: "yes?"})
	must(t, err)
	for _, m := range p.people {
		m.catchUp() // with the first event
		m.compare(p)
		m.hangUp()
	}
	var list clientv1.InvitationsBody
	a.done(t, "GET", "invitations", nil, &list)
	if len(list.Invitations) != 1 {
		t.Fatalf("ann has %d invitations", len(list.Invitations))
	}
	a.done(t, "POST", "invitations/"+list.Invitations[0].ID.String()+"/accept", nil, nil)
	if got := a.history(t, p.order[1]); len(got) != 0 {
		t.Errorf("there is %v in the den", got)
	}
}
