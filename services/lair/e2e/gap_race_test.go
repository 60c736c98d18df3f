package e2e

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// What Lair Chat 0.8 answers with 500, or does twice, when many do the same at
// once, and what it tells of its database.
func TestKnownGapsOfOldRacesAreClosed(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"OneOfManyRegistersAName", oneRegisters},
			{"OneOfManyMakesARoomOfAName", oneMakesARoom},
			{"OneOfManyJoinsOfAUserCounts", oneJoins},
			{"OwnersWhoLeaveAtOnceLeaveOneBehind", oneOwnerStays},
			{"AdministratorsWhoGoAtOnceLeaveOneBehind", oneAdministratorStays},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

// raced runs all at once and counts the answers, each "200" or "409 code".
func raced(n int, try func(i int) string) map[string]int {
	got := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { got[i] = try(i) })
	}
	all.Wait()
	counts := map[string]int{}
	for _, answer := range got {
		counts[answer]++
	}
	return counts
}

func wantRaced(t *testing.T, got map[string]int, good string, wins int, refusal string, others int) {
	t.Helper()
	if got[good] != wins || got[refusal] != others || len(got) > 2 {
		t.Errorf("got %v, want %d of %s and %d of %s", got, wins, good, others, refusal)
	}
}

func (p *person) answers(t *testing.T, method, path string, body any) string {
	t.Helper()
	status, code := p.call(t, method, path, body, nil)
	return strings.TrimSpace(fmt.Sprint(status, " ", code))
}

const many = 8

// at is each gateway in turn.
func (s *system) at(i int) *cluster.Gateway { return s.Gateways[i%len(s.Gateways)] }

func oneRegisters(t *testing.T, s *system) {
	nobody := make([]*person, many)
	for i := range nobody {
		api, err := lair.New(s.at(i).HTTP, lair.APIOptions{})
		must(t, err)
		nobody[i] = &person{API: api, gateway: s.at(i)}
	}
	name := register(t, s.first(), "twin").Username[:12]
	got := raced(many, func(i int) string {
		return nobody[i].answers(t, http.MethodPost, "auth/register", map[string]string{
			"username": name, "email": fmt.Sprintf("%d.%s@example.com", i, name), "password": password,
		})
	})
	wantRaced(t, got, "201", 1, "409 username_taken", many-1)
	got = raced(many, func(i int) string {
		return nobody[i].answers(t, http.MethodPost, "auth/register", map[string]string{
			"username": fmt.Sprintf("%s_%d", name, i), "email": "one." + name + "@example.com", "password": password,
		})
	})
	wantRaced(t, got, "201", 1, "409 email_taken", many-1)
}

func oneMakesARoom(t *testing.T, s *system) {
	ann := register(t, s.first(), "ann")
	got := raced(many, func(i int) string {
		return ann.at(t, s.at(i)).answers(t, http.MethodPost, "rooms", map[string]string{"name": "the room of " + ann.Username})
	})
	wantRaced(t, got, "201", 1, "409 room_name_taken", many-1)
}

func oneJoins(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann)
	got := raced(many, func(i int) string {
		return bob.at(t, s.at(i)).answers(t, http.MethodPost, "rooms/"+hall.String()+"/join", nil)
	})
	wantRaced(t, got, "200", 1, "409 already_member", many-1)
}

func oneOwnerStays(t *testing.T, s *system) {
	owners := make([]*person, 4)
	for i := range owners {
		owners[i] = register(t, s.at(i), "owner")
	}
	hall := room(t, owners[0], owners[1:]...)
	for _, p := range owners[1:] {
		owners[0].done(t, http.MethodPut, "rooms/"+hall.String()+"/members/"+p.ID.String()+"/role", map[string]string{"role": "owner"}, nil)
	}
	got := raced(len(owners), func(i int) string {
		return owners[i].answers(t, http.MethodPost, "rooms/"+hall.String()+"/leave", nil)
	})
	wantRaced(t, got, "200", len(owners)-1, "409 last_owner", 1)
}

// Some give up their role, and some their account.
func oneAdministratorStays(t *testing.T, s *system) {
	admins := make([]*person, 4)
	for i := range admins {
		admins[i] = register(t, s.at(i), "admin")
		s.promote(t, admins[i])
	}
	got := raced(len(admins), func(i int) string {
		if i%2 == 0 {
			return admins[i].answers(t, http.MethodDelete, "users/me", map[string]string{"password": password})
		}
		return admins[i].answers(t, http.MethodPut, "admin/users/"+admins[i].ID.String()+"/role", map[string]string{"role": "user"})
	})
	wantRaced(t, got, "200", len(admins)-1, "409 last_admin", 1)
}

// inside is what only somebody who looks inside may read.
var inside = regexp.MustCompile(`(?i)sql|postgres|pgx|constraint|auth_|room_room|dial|refused|127\.|:54|goroutine|\.go:`)

// The database dies: whatever is asked, the answer says so in plain words.
func TestAnswersSayNothingOfTheDatabase(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	s.Postgres.Kill()
	for _, r := range []struct{ method, path, body string }{
		{"POST", "auth/login", `{"identifier":"` + ann.Username + `","password":"` + password + `"}`},
		{"POST", "auth/register", `{"username":"somebody","email":"some@example.com","password":"` + password + `"}`},
		{"GET", "users/me", ""},
		{"GET", "users", ""},
		{"GET", "rooms", ""},
		{"POST", "rooms", `{"name":"` + ann.Username + `"}`},
		{"GET", "rooms/" + hall.String(), ""},
		{"GET", "rooms/" + hall.String() + "/members", ""},
		{"GET", "messages?target_type=room&target_id=" + hall.String(), ""},
		{"POST", "invitations", `{"room_id":"` + hall.String() + `","user_id":"` + (id.User{UUID: id.New()}).String() + `"}`},
		{"GET", "invitations", ""},
	} {
		status, text := ann.plain(t, r.method, "/api/v1/"+r.path, r.body)
		if status != http.StatusServiceUnavailable && status != http.StatusInternalServerError {
			t.Errorf("%s %s: %d %s", r.method, r.path, status, text)
		}
		if found := inside.FindString(strings.ReplaceAll(text, `"database":`, "")); found != "" {
			t.Errorf("%s %s says %q: %s", r.method, r.path, found, text)
		}
	}
	must(t, s.Postgres.Run(t.Context()))
}

func (p *person) plain(t *testing.T, method, path, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), method, p.gateway.HTTP+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+p.Token())
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close() // it is read
	text, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(text)
}

// Who looks whether the system is well takes nothing from those who use it.
func TestProbesAndScrapesHaveNoLimit(t *testing.T) {
	s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Env = append(o.Env, "LAIR_LIMIT_ADDRESS=3", "LAIR_METRICS_PUBLIC=true")
		return cluster.One(ctx, o)
	})
	api, err := lair.New(s.first().HTTP, lair.APIOptions{})
	must(t, err)
	nobody := &person{API: api, User: clientv1.User{}, gateway: s.first()}
	for range 10 {
		for _, path := range []string{"/health", "/ready", "/metrics"} {
			if status, text := nobody.plain(t, http.MethodGet, path, ""); status != http.StatusOK {
				t.Fatalf("%s: %d %s", path, status, text)
			}
		}
	}
	for want := range 4 { // the limit is there, and all of it is left
		status, _ := nobody.plain(t, http.MethodGet, "/api/v1/users", "")
		if limited := status == http.StatusTooManyRequests; limited != (want == 3) {
			t.Errorf("request %d: %d", want, status)
		}
	}
}
