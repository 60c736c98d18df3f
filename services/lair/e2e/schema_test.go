package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
	_ "modernc.org/sqlite"             // the driver sqlite

	"github.com/lair-chat/lair/pkg/testkit/pgserver"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// An older backup is put back under running programs: they say that they are not
// ready until the database has the form that they need. One that is ahead of them, as
// during an upgrade, is told.
func TestADatabaseThatDoesNotFitIsTold(t *testing.T) {
	var o cluster.Options
	measured := func(given cluster.Options) cluster.Options {
		o = given
		o.Metrics = true
		return o
	}
	for name, start := range map[string]func(*testing.T) (s *system, driver, source string){
		"Many": func(t *testing.T) (*system, string, string) {
			s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
				return cluster.Many(ctx, measured(o))
			})
			return s, "pgx", s.Postgres.URL("postgres")
		},
		"OneOnAFile": func(t *testing.T) (*system, string, string) {
			s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
				return cluster.One(ctx, measured(o))
			})
			return s, "sqlite", "file:" + filepath.Join(o.Dir, "data", "lair.db") + "?_pragma=busy_timeout(5000)"
		},
		"OneOnPostgreSQL": func(t *testing.T) (*system, string, string) {
			pg, err := pgserver.Start(t.Context(), pgserver.Options{})
			must(t, err)
			t.Cleanup(pg.Kill)
			s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
				o = measured(o)
				o.Env = append(o.Env, "LAIR_DATABASE_URL="+pg.URL("postgres"))
				return cluster.One(ctx, o)
			})
			return s, "pgx", pg.URL("postgres")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, driver, source := start(t)
			db, err := sql.Open(driver, source)
			must(t, err)
			defer db.Close()
			program := s.Programs[0]
			if name == "Many" {
				program = s.Program("room")
			}
			move := func(by int) {
				t.Helper()
				_, err := db.ExecContext(t.Context(), fmt.Sprintf("UPDATE room_version SET version_id = version_id + %d", by))
				must(t, err)
			}
			becomes(t, s.first(), http.StatusOK, "room", "connected")
			move(-2)
			becomes(t, s.first(), http.StatusServiceUnavailable, "database", "behind")
			says(t, s, "the tables of room are at migration")
			differs(t, program, -2)
			move(2)
			becomes(t, s.first(), http.StatusOK, "room", "connected")
			move(1)
			says(t, s, "the database is ahead of this program")
			differs(t, program, 1)
			becomes(t, s.first(), http.StatusOK, "room", "connected")
			move(-1)
		})
	}
}

// says waits until the log of the system has the text.
func says(t *testing.T, s *system, text string) {
	t.Helper()
	eventually(t, "the log says "+text, func() bool {
		log, err := os.ReadFile(s.log.Name())
		must(t, err)
		return strings.Contains(string(log), text)
	})
}

// differs waits until the metric says that the tables of room are ahead of the program.
func differs(t *testing.T, p *cluster.Program, ahead int) {
	t.Helper()
	eventually(t, "the metric tells it", func() bool {
		version := map[string]int{}
		_, text := get(t, "http://"+p.Metrics+"/metrics")
		for line := range strings.Lines(text) {
			var of string
			var n int
			if _, err := fmt.Sscanf(line, `lair_schema_version{of=%q,schema="room"} %d`, &of, &n); err == nil {
				version[of] = n
			}
		}
		return len(version) == 2 && version["database"]-version["program"] == ahead
	})
}

// eventually waits until it is so. Nobody tells a test when a process has looked at
// its dependencies.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for ctx := soon(t); !so(); {
		select {
		case <-ctx.Done():
			t.Fatal("never: ", what)
		case <-tick.C:
		}
	}
}
