package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// What those do who run the system, and what everybody sees of everybody. The
// scenarios share one system, whose only administrators are theirs.
func TestStaff(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		root := register(t, s.first(), "root")
		s.promote(t, root)
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system, *person)
		}{
			{"RolesAreGivenAndSeen", rolesAreGivenAndSeen},
			{"ModeratorsBanUsers", moderatorsBanUsers},
			{"RoomIsDeletedByWhoRunsTheSystem", roomIsDeletedByStaff},
			{"ChangedNamesAreToldAndUsed", changedNamesAreTold},
			{"ListsHavePages", listsHavePages},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s, root) })
		}
	})
}

// promote makes a user an administrator, as an operator does.
func (s *system) promote(t *testing.T, p *person) {
	t.Helper()
	cmd := exec.CommandContext(soon(t), filepath.Join(bin, "lair"), "admin", "create", "-name", p.Username, "-promote")
	cmd.Env = append(os.Environ(), "LAIR_DATA_DIR="+filepath.Join(filepath.Dir(s.log.Name()), "data"))
	if s.Postgres != nil {
		cmd.Env = append(cmd.Env, "LAIR_DATABASE_URL="+s.Postgres.URL("postgres"))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func rolesAreGivenAndSeen(t *testing.T, s *system, root *person) {
	bob, cay := register(t, s.last(), "bob"), register(t, s.last(), "cay")
	b, c := bob.ws(t), cay.tcp(t)
	path := "admin/users/" + bob.ID.String() + "/role"
	if _, code := bob.call(t, "PUT", path, clientv1.RoleBody{Role: new("admin")}, nil); code != "permission_denied" {
		t.Errorf("got %q", code)
	}
	var got clientv1.UserBody
	root.done(t, "PUT", path, clientv1.RoleBody{Role: new("admin")}, &got)
	if got.User.Role != "admin" {
		t.Errorf("got %+v", got)
	}
	for l, email := range map[*link]string{b: bob.Email, c: ""} {
		if u := event[clientv1.UserUpdated](l).User; u.ID != bob.ID || u.Role != "admin" || u.Email != email {
			t.Errorf("got %+v, want the address %q", u, email)
		}
	}
	bob.done(t, "PUT", path, clientv1.RoleBody{Role: new("user")}, nil)
	own := "admin/users/" + root.ID.String() + "/role"
	if status, code := root.call(t, "PUT", own, clientv1.RoleBody{Role: new("user")}, nil); status != 409 || code != "last_admin" {
		t.Errorf("got %d %q", status, code)
	}
}

func moderatorsBanUsers(t *testing.T, s *system, root *person) {
	mod, bob := register(t, s.first(), "mod"), register(t, s.last(), "bob")
	root.done(t, "PUT", "admin/users/"+mod.ID.String()+"/role", clientv1.RoleBody{Role: new("moderator")}, nil)
	path := "admin/users/" + bob.ID.String()
	mod.done(t, "POST", path+"/ban", clientv1.BanBody{Reason: new("noise")}, nil)
	var got clientv1.AccountBody
	mod.done(t, "GET", path, nil, &got)
	if got.Ban == nil || got.Ban.Reason != "noise" || got.Ban.Until != nil || got.User.Email != "" {
		t.Errorf("got %+v", got)
	}
	if _, code := mod.call(t, "POST", "admin/users/"+root.ID.String()+"/ban", clientv1.BanBody{Reason: new("noise")}, nil); code != "permission_denied" {
		t.Errorf("got %q", code)
	}
	if _, code := mod.call(t, "GET", "admin/stats", nil, nil); code != "permission_denied" {
		t.Errorf("got %q", code)
	}
	mod.done(t, "DELETE", path+"/ban", nil, nil)
	root.done(t, "GET", path, nil, &got)
	if got.Ban != nil || got.User.Email != bob.Email {
		t.Errorf("got %+v", got)
	}
}

func roomIsDeletedByStaff(t *testing.T, s *system, root *person) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	ann.done(t, "PATCH", "rooms/"+hall.String(), clientv1.UpdateRoomBody{Settings: &clientv1.SettingsRequest{Public: new(false)}}, nil)
	b := bob.ws(t)
	path := "admin/rooms/" + hall.String()
	if _, code := ann.call(t, "DELETE", path, nil, nil); code != "permission_denied" {
		t.Errorf("got %q", code)
	}
	root.done(t, "DELETE", path, clientv1.RemoveRoomBody{Reason: new("noise")}, nil)
	if got := event[clientv1.RoomDeleted](b); got.RoomID != hall || got.DeletedBy != root.ID {
		t.Errorf("got %+v", got)
	}
	if status, code := root.call(t, "DELETE", path, nil, nil); status != 404 || code != "room_not_found" {
		t.Errorf("got %d %q", status, code)
	}
	var log clientv1.AuditBody
	root.done(t, "GET", "admin/audit?limit=100", nil, &log)
	n := slices.IndexFunc(log.Entries, func(a clientv1.Act) bool { return a.Detail == hall.String()+": noise" })
	if n < 0 || log.Entries[n].Kind != "room_deletion" || *log.Entries[n].Actor != root.ID {
		t.Errorf("got %+v", log)
	}
}

func changedNamesAreTold(t *testing.T, s *system, _ *person) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	b, mine := bob.ws(t), ann.tcp(t)
	ann.done(t, "PATCH", "users/me", map[string]string{"display_name": "Ann", "email": ann.Username + "@example.net"}, nil)
	for l, email := range map[*link]string{b: "", mine: ann.Username + "@example.net"} {
		if u := event[clientv1.UserUpdated](l).User; u.ID != ann.ID || u.DisplayName != "Ann" || u.Email != email {
			t.Errorf("got %+v, want the address %q", u, email)
		}
	}
	// The other gateway has forgotten what it knew.
	ann.done(t, "POST", "rooms", map[string]string{"name": "den " + id.New().String()}, nil)
	ann.done(t, "POST", "rooms/"+hall.String()+"/transfer", map[string]string{"user_id": bob.ID.String()}, nil)
	ann.done(t, "POST", "rooms/"+hall.String()+"/leave", nil, nil)
	_, err := ann.JoinRoom(soon(t), hall)
	must(t, err)
	if got := event[clientv1.UserJoinedRoom](b); got.User.ID != ann.ID || got.User.DisplayName != "Ann" || got.User.Email != "" {
		t.Errorf("got %+v", got)
	}
}

func listsHavePages(t *testing.T, s *system, _ *person) {
	prefix := "p" + strings.ToLower(strings.ReplaceAll(id.New().String(), "-", ""))[24:]
	people := make([]*person, 3)
	for i := range people {
		people[i] = register(t, s.first(), prefix+string(rune('a'+i)))
	}
	ann, bob, cay := people[0], people[1].at(t, s.last()), people[2]
	var seen []string
	for query := "users?limit=2&search=" + prefix; query != ""; {
		var got clientv1.UsersBody
		bob.done(t, "GET", query, nil, &got)
		for _, u := range got.Users {
			seen = append(seen, u.User.Username)
		}
		if query = ""; got.HasMore {
			query = "users?limit=2&search=" + prefix + "&cursor=" + got.NextCursor
		}
		if got.TotalCount != 3 || got.HasMore != (got.NextCursor != "") {
			t.Errorf("got %+v", got)
		}
	}
	if !slices.Equal(seen, []string{ann.Username, bob.Username, cay.Username}) {
		t.Errorf("got %q", seen)
	}

	hall := room(t, ann, bob, cay)
	var members clientv1.MembersBody
	bob.done(t, "GET", "rooms/"+hall.String()+"/members?limit=1&offset=1", nil, &members)
	if members.Total != 3 || len(members.Members) != 1 || members.Members[0].UserID != bob.ID {
		t.Errorf("got %+v", members)
	}
	dan := register(t, s.last(), "dan")
	ann.done(t, "POST", "invitations", map[string]string{"room_id": hall.String(), "user_id": dan.ID.String()}, nil)
	var pending clientv1.InvitationsBody
	ann.done(t, "GET", "rooms/"+hall.String()+"/invitations", nil, &pending)
	if len(pending.Invitations) != 1 || pending.Invitations[0].InviteeName != dan.Username || pending.HasMore {
		t.Errorf("got %+v", pending)
	}
	if _, code := bob.call(t, "GET", "rooms/"+hall.String()+"/invitations", nil, nil); code != "permission_denied" {
		t.Errorf("got %q", code)
	}
	ann.done(t, "PUT", "users/me/blocks/"+bob.ID.String(), nil, nil)
	ann.done(t, "PUT", "users/me/blocks/"+cay.ID.String(), nil, nil)
	var blocks clientv1.BlocksBody
	ann.done(t, "GET", "users/me/blocks?limit=1", nil, &blocks)
	if len(blocks.Blocks) != 1 || blocks.Blocks[0].Username != cay.Username || !blocks.HasMore {
		t.Errorf("got %+v", blocks)
	}
	if status, code := ann.call(t, "GET", "nothing", nil, nil); status != 404 || code != "not_found" {
		t.Errorf("got %d %q", status, code)
	}
}
