package e2e

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// roles are the columns of the matrix.
var roles = []string{"stranger", "left", "invited", "banned", "muted", "member", "moderator", "owner", "maker", "admin"}

// matrix says who may do what: a line for each act, a cell for each role, which
// is the code of the refusal, or "yes". "-" is what cannot be asked, such as to
// edit a message of one's own for somebody who has none. In the room are a
// chief, who is an owner, too, and the targets of the acts: a plain member, a
// moderator and an owner. The maker made the room, and was made a plain member;
// the admin is one of the system and no member.
const matrix = `
                          | stranger | left     | invited | banned  | muted    | member   | moderator | owner   | maker    | admin
see public in list        | yes      | yes      | yes     | yes     | yes      | yes      | yes       | yes     | yes      | yes
see private in list       | unseen   | unseen   | unseen  | unseen  | yes      | yes      | yes       | yes     | yes      | unseen
find private by name      | unseen   | unseen   | unseen  | unseen  | yes      | yes      | yes       | yes     | yes      | unseen
get public                | yes      | yes      | yes     | yes     | yes      | yes      | yes       | yes     | yes      | yes
get private               | no room  | no room  | yes     | no room | yes      | yes      | yes       | yes     | yes      | no room
join public               | yes      | yes      | yes     | banned  | in       | in       | in        | in      | in       | yes
join private              | private  | private  | yes     | banned  | in       | in       | in        | in      | in       | private
leave                     | no       | no       | no      | no      | yes      | yes      | yes       | yes     | yes      | no
leave as only owner       | -        | -        | -       | -       | -        | -        | -         | last    | -        | -
list members              | no       | no       | no      | no      | yes      | yes      | yes       | yes     | yes      | no
list members of private   | no room  | no room  | no      | no room | yes      | yes      | yes       | yes     | yes      | no room
read messages             | no       | no       | no      | no      | yes      | yes      | yes       | yes     | yes      | no
read private messages     | no       | no       | no      | no      | yes      | yes      | yes       | yes     | yes      | no
read events               | unseen   | unseen   | unseen  | unseen  | yes      | yes      | yes       | yes     | yes      | unseen
mark read                 | no       | no       | no      | no      | yes      | yes      | yes       | yes     | yes      | no
send                      | no       | no       | no      | no      | denied   | yes      | yes       | yes     | yes      | no
send where moderated      | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
send to private           | no       | no       | no      | no      | denied   | yes      | yes       | yes     | yes      | no
type                      | unseen   | unseen   | unseen  | unseen  | yes      | yes      | yes       | yes     | yes      | unseen
edit own                  | -        | no       | -       | no      | denied   | yes      | yes       | yes     | yes      | -
edit another's            | none     | none     | none    | none    | author   | author   | author    | author  | author   | none
delete own                | -        | no       | -       | no      | yes      | yes      | yes       | yes     | yes      | -
delete another's          | none     | none     | none    | none    | denied   | denied   | yes       | yes     | denied   | none
change the room           | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
delete the room           | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
invite                    | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
invite to private         | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
invite who is banned      | no       | no       | no      | no      | denied   | denied   | banned    | banned  | denied   | no
invite who blocks         | no       | no       | no      | no      | denied   | denied   | blocked   | blocked | denied   | no
accept own invitation     | -        | -        | yes     | -       | -        | -        | -         | -       | -        | -
decline own invitation    | -        | -        | yes     | -       | -        | -        | -         | -       | -        | -
accept another's          | mistaken | mistaken | mistaken| mistaken| mistaken | mistaken | mistaken  | mistaken| mistaken | mistaken
decline another's         | mistaken | mistaken | mistaken| mistaken| mistaken | mistaken | mistaken  | mistaken| mistaken | mistaken
cancel another's          | denied   | denied   | denied  | denied  | denied   | denied   | yes       | yes     | denied   | denied
kick a member             | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
kick a moderator          | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
kick an owner             | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
kick oneself              | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | denied
mute a member             | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
mute a moderator          | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
mute an owner             | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
unmute oneself            | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | denied
unmute a member           | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
ban a stranger            | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
ban a member              | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
ban a moderator           | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
ban an owner              | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
unban                     | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
unban oneself             | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
list bans                 | no       | no       | no      | no      | denied   | denied   | yes       | yes     | denied   | no
make a moderator          | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
make an owner             | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
make oneself an owner     | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
demote an owner           | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
transfer                  | no       | no       | no      | no      | denied   | denied   | denied    | yes     | denied   | no
send to a user            | yes      | yes      | yes     | yes     | yes      | yes      | yes       | yes     | yes      | yes
send to who blocks        | blocked  | blocked  | blocked | blocked | blocked  | blocked  | blocked   | blocked | blocked  | blocked
edit what one was sent    | author   | author   | author  | author  | author   | author   | author    | author  | author   | author
delete what one was sent  | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | denied
change another's talk     | none     | none     | none    | none    | none     | none     | none      | none    | none     | none
block                     | yes      | yes      | yes     | yes     | yes      | yes      | yes       | yes     | yes      | yes
list users                | yes      | yes      | yes     | yes     | yes      | yes      | yes       | yes     | yes      | yes
get a user                | yes      | yes      | yes     | yes     | yes      | yes      | yes       | yes     | yes      | yes
see addresses of others   | unseen   | unseen   | unseen  | unseen  | unseen   | unseen   | unseen    | unseen  | unseen   | yes
read the statistics       | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | yes
read the audit            | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | yes
ban from the system       | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | yes
reset a password          | denied   | denied   | denied  | denied  | denied   | denied   | denied    | denied  | denied   | yes
`

// words are short in the matrix. "unseen" is what is not there for one who may
// not have it.
var words = map[string]string{
	"yes": "", "unseen": "unseen", "-": "-",
	"no": "not_room_member", "no room": "room_not_found", "denied": "permission_denied",
	"banned": "user_banned", "in": "already_member", "private": "room_private", "last": "last_owner",
	"author": "not_message_author", "none": "message_not_found", "mistaken": "not_invitee", "blocked": "user_blocked",
}

// cells reads the matrix: what is expected of each act of each role. A cell that
// is missing, a word that is none and a line twice fail the test.
func cells(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for i, line := range strings.Split(strings.Trim(matrix, "\n"), "\n") {
		row := strings.Split(line, "|")
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		name := row[0]
		if i == 0 {
			if !slices.Equal(row[1:], roles) {
				t.Fatalf("the columns are %q", row[1:])
			}
			continue
		}
		if len(row) != len(roles)+1 || all[name] != nil {
			t.Fatalf("%q has %d cells, or is there twice", name, len(row)-1)
		}
		all[name] = map[string]string{}
		for i, role := range roles {
			code, ok := words[row[i+1]]
			if !ok {
				t.Fatalf("%s, %s: %q is no word", name, role, row[i+1])
			}
			all[name][role] = code
		}
	}
	return all
}

// Everybody tries everything, through every door that there is.
func TestWhoMayDoWhat(t *testing.T) {
	want := cells(t)
	for _, a := range acts {
		if want[a.name] == nil {
			t.Errorf("%s is not in the matrix", a.name)
		}
	}
	if len(want) != len(acts) {
		t.Errorf("the matrix has %d lines, there are %d acts", len(want), len(acts))
	}
	everywhere(t, func(t *testing.T, s *system) {
		people := gather(t, s)
		var doors sync.WaitGroup
		for _, door := range []string{"http", "tcp", "ws"} {
			doors.Go(func() { t.Run(door, func(t *testing.T) { try(t, people, door, want) }) })
		}
		doors.Wait()
	})
}

// try has everybody try everything through one door.
func try(t *testing.T, people *crowd, door string, want map[string]map[string]string) {
	c := &cast{crowd: people, t: t, door: door, rooms: map[kind]*hall{}}
	for _, role := range roles {
		l := c.connect(people.roles[role])
		if l != nil {
			l.deaf()
		}
		c.links = append(c.links, l)
	}
	for _, a := range acts {
		if !a.there(door) {
			continue
		}
		for i, role := range roles {
			expected := want[a.name][role]
			if expected == "-" {
				continue
			}
			c.prepare(cmp.Or(a.in, public))
			c.self, c.link, c.role = people.roles[role], c.links[i], role
			c.want = expected
			if got := a.try(c); got != expected {
				t.Errorf("%s %s: got %q, want %q", role, a.name, got, expected)
			} else if got == "" && a.undo != nil {
				a.undo(c)
			} else if got == "" && a.spoils {
				delete(c.rooms, cmp.Or(a.in, public))
			}
		}
	}
}
