package e2e

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/testkit/pgserver"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/internal/journal"
)

// Messages are written, a backup is made meanwhile, everything is lost, and the backup
// is served elsewhere. What was acknowledged before the backup began is there, and
// clients, which have seen more, begin anew and miss nothing after that.
func TestRestoredBackupGoesOn(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		old, fresh := memory(t), memory(t)
		file := filepath.Join(old, "backup")
		s := beginIn(t, starters[0].start, old)
		rehearse(t, s, func() {
			data := "LAIR_DATA_DIR=" + filepath.Join(old, "data")
			tool(t, []string{data}, "lair", "backup", file)
			tool(t, []string{data}, "lair", "backup", "-verify", file)
		}, func() *system {
			tool(t, []string{"LAIR_DATA_DIR=" + filepath.Join(fresh, "data")}, "lair", "restore", file)
			return beginIn(t, starters[0].start, fresh)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		old, fresh := memory(t), memory(t)
		file := filepath.Join(old, "backup")
		server := postgres(t, "one", "two", "three")
		scripts := filepath.Join("..", "..", "..", "scripts")
		secret := "LAIR_JWT_SECRET=" + strings.Repeat("s", 40)
		s := beginIn(t, starters[0].start, old, secret, "LAIR_DATABASE_URL="+server.URL("one"))
		rehearse(t, s, func() {
			tool(t, nil, filepath.Join(scripts, "backup.sh"), server.URL("one"), file)
		}, func() *system {
			tool(t, nil, filepath.Join(scripts, "restore.sh"), server.URL("two"), file)
			if out, err := attempt(nil, filepath.Join(scripts, "restore.sh"), server.URL("two"), file); err == nil || !strings.Contains(out, "name an empty one") {
				t.Errorf("a second restore: %v, %s", err, out)
			}
			if out, err := attempt(nil, filepath.Join(scripts, "backup.sh"), server.URL("two"), file); err == nil || !strings.Contains(out, "is there already") {
				t.Errorf("a backup onto a file: %v, %s", err, out)
			}
			return beginIn(t, starters[0].start, fresh, secret, "LAIR_DATABASE_URL="+server.URL("two"))
		})
		// What is backed up and brought back is the same, but for where sequences go on.
		tool(t, nil, filepath.Join(scripts, "backup.sh"), server.URL("two"), file+"-2")
		tool(t, nil, filepath.Join(scripts, "restore.sh"), server.URL("three"), file+"-2")
		if before, after := sums(t, server.URL("two")), sums(t, server.URL("three")); before != after || !strings.Contains(before, "message_message") {
			t.Errorf("there was\n%sand after the restore\n%s", before, after)
		}
	})
}

func rehearse(t *testing.T, s *system, backUp func(), restore func() *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.first(), "bob")
	hall := room(t, ann, bob)
	ears := bob.ws(t)
	mouth := ann.tcp(t).deaf()
	var kept []string
	for i := range 30 {
		kept = append(kept, fmt.Sprintf("kept %d", i))
		mouth.say(clientv1.ToRoom(hall), kept[i])
	}

	// Others talk while the backup is made, and go on.
	stop := make(chan struct{})
	var talk sync.WaitGroup
	talk.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				if _, err := mouth.Send(t.Context(), lair.Draft{Target: clientv1.ToRoom(hall), Content: fmt.Sprintf("meanwhile %d", i)}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	backUp()
	close(stop)
	talk.Wait()

	// What follows is lost, but bob has seen it.
	lost := lair.Draft{Target: clientv1.ToRoom(hall), Content: "lost", ClientMsgID: "said twice"}
	last, err := mouth.Send(soon(t), lost)
	must(t, err)
	psst := mouth.say(clientv1.ToUser(bob.ID), "psst")
	for m := ears.next(hall.Conversation()); m.Seq < last.Seq; {
		m = ears.next(hall.Conversation())
	}
	ears.hears(id.Direct(ann.ID, bob.ID), "psst")
	had := ears.Positions()
	must(t, ears.Close(soon(t)))
	must(t, mouth.Close(soon(t)))
	s.first().Kill()

	s = restore()
	ann, bob = ann.at(t, s.first()), bob.at(t, s.first())
	if got := contents(ann.history(t, hall)); len(got) < len(kept) || !slices.Equal(got[:len(kept)], kept) || slices.Contains(got, "lost") {
		t.Errorf("after the restore there is %q", got)
	}
	if has := had.Conversations[psst.Conversation]; has < 1 {
		t.Fatalf("bob has %v of the direct messages", has)
	}

	// The direct conversation is made anew, and grows beyond what bob had of the old
	// one before he comes.
	mouth = ann.ws(t).deaf()
	for range 3 {
		mouth.say(clientv1.ToUser(bob.ID), "who are you?")
	}
	ears = bob.tcp(t, had)
	reset := map[id.Conversation]bool{}
	for len(reset) < 2 {
		e, err := ears.Next(soon(t))
		must(t, err)
		switch {
		case e.Type == clientv1.TypeReset:
			reset[e.Conversation] = true
		case e.Durable():
			t.Fatalf("bob gets %s as if nothing had been", e.Raw)
		}
	}
	if !reset[hall.Conversation()] {
		t.Errorf("bob is to begin anew in %v", reset)
	}
	again, err := mouth.Send(soon(t), lost)
	must(t, err)
	if again.ID == last.ID || again.Seq <= journal.Step || again.Seq <= last.Seq {
		t.Errorf("what was lost is said again at %d, it was at %d", again.Seq, last.Seq)
	}
	ears.hears(hall.Conversation(), "lost")
	mouth.say(clientv1.ToUser(bob.ID), "ah")
	ears.hears(id.Direct(ann.ID, bob.ID), "ah")
}

// sums returns how many rows each table has, and a checksum of them.
func sums(t *testing.T, url string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	must(t, err)
	defer conn.Close(t.Context()) // a test's own
	rows, err := conn.Query(t.Context(), "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('journal_epoch', 'journal_conversation', 'journal_user') ORDER BY 1")
	must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	var all strings.Builder
	for _, table := range tables {
		var n int
		var sum string
		must(t, conn.QueryRow(t.Context(), "SELECT count(*), md5(coalesce(string_agg(x::text, ' ' ORDER BY x::text), '')) FROM "+table+" x").Scan(&n, &sum))
		fmt.Fprintln(&all, table, n, sum)
	}
	return all.String()
}

func contents(list []clientv1.Message) []string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = m.Content
	}
	return texts
}

// tool runs a program to its end, which must be a good one, and returns what it says.
func tool(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	out, err := attempt(env, name, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func attempt(env []string, name string, args ...string) (string, error) {
	path := name
	if !strings.Contains(name, "/") {
		path = filepath.Join(bin, name)
	}
	cmd := exec.CommandContext(context.Background(), path, args...)
	cmd.Env = append([]string{"PATH=" + bin + ":/usr/local/bin:/usr/bin:/bin"}, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// postgres starts a server with empty databases.
func postgres(t *testing.T, databases ...string) *pgserver.Server {
	t.Helper()
	server, err := pgserver.Start(t.Context(), pgserver.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, server.Stop()) })
	conn, err := pgx.Connect(t.Context(), server.URL("postgres"))
	must(t, err)
	for _, name := range databases {
		_, err := conn.Exec(t.Context(), "CREATE DATABASE "+name)
		must(t, err)
	}
	must(t, errors.Join(conn.Close(t.Context())))
	return server
}
