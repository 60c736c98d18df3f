package backup_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/services/internal/journal"
	"github.com/lair-chat/lair/services/lair/internal/backup"
	"github.com/lair-chat/lair/services/lair/internal/catalog"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

// world is a data file of this release that is in use, and a backup of it.
type world struct {
	t       *testing.T
	dir     string
	data    *sqldb.SQLite
	release catalog.Catalog
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	var err error
	w.data, err = sqldb.OpenSQLite(t.Context(), w.path("lair.db"))
	must(t, err)
	t.Cleanup(func() { must(t, w.data.Close()) })
	must(t, system.Migrate(t.Context(), w.data))
	w.release, err = system.Release(t.Context(), "")
	must(t, err)
	w.exec("INSERT INTO journal_user (user_id, seq, first_seq) VALUES (x'01', 4, 1)")
	return w
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) exec(statement string) {
	w.t.Helper()
	_, err := w.data.Write.ExecContext(w.t.Context(), statement)
	must(w.t, err)
}

func (w *world) make(secret string) string {
	w.t.Helper()
	to := w.path("copy")
	must(w.t, backup.Make(w.t.Context(), backup.Source{Data: w.path("lair.db"), Secret: secret, Release: "1.2", Now: time.Unix(5, 0)}, to))
	return to
}

func (w *world) target() backup.Target {
	return backup.Target{Data: w.path("new.db"), Secret: w.path("secret"), Migrate: system.Migrate}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestBackupIsMadeWhileTheDataIsWritten(t *testing.T) {
	w := newWorld(t)
	must(t, w.data.Update(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO journal_user (user_id, seq, first_seq) VALUES (x'02', 0, 1)")
		w.make("hush") // what is not committed is not in it
		return err
	}))
	r, err := backup.Verify(t.Context(), w.path("copy"), w.release)
	if err != nil || r.Rows["journal_user"] != 1 || !r.Secret || r.MadeBy != "1.2" || !r.MadeAt.Equal(time.Unix(5, 0)) || r.Older != nil {
		t.Errorf("got %+v, %v", r, err)
	}
	if info, err := os.Stat(w.path("copy")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(w.path("*.part*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
}

func TestBackupReplacesNothing(t *testing.T) {
	w := newWorld(t)
	w.make("")
	for _, there := range []string{"copy", "lair.db"} {
		before, err := os.ReadFile(w.path(there))
		must(t, err)
		err = backup.Make(t.Context(), backup.Source{Data: w.path("lair.db")}, w.path(there))
		if err == nil || !strings.Contains(err.Error(), "is there already") {
			t.Errorf("onto %s: %v", there, err)
		}
		if after, err := os.ReadFile(w.path(there)); err != nil || string(after) != string(before) {
			t.Errorf("%s was changed, %v", there, err)
		}
	}
	must(t, os.WriteFile(w.path("second.part"), nil, 0o600))
	if err := backup.Make(t.Context(), backup.Source{Data: w.path("lair.db")}, w.path("second")); err == nil || !strings.Contains(err.Error(), "broken off") {
		t.Errorf("beside one that is being made: %v", err)
	}
	if err := backup.Make(t.Context(), backup.Source{Data: w.path("nothing")}, w.path("third")); err == nil {
		t.Error("backed up what is not there")
	}
}

func TestRestoreBringsBackDataAndSecretInANewEpoch(t *testing.T) {
	w := newWorld(t)
	from := w.make("hush")
	secret, err := backup.Restore(t.Context(), from, w.target())
	if err != nil || !secret {
		t.Fatalf("got %v, %v", secret, err)
	}
	if text, err := os.ReadFile(w.path("secret")); err != nil || string(text) != "hush\n" {
		t.Errorf("the secret is %q, %v", text, err)
	}
	file, err := sqldb.OpenSQLite(t.Context(), w.path("new.db"))
	must(t, err)
	defer file.Close() // a test's own
	must(t, backup.Refuse(t.Context(), file.Read, "new.db"))
	var seq int64
	if err := file.Read.QueryRowContext(t.Context(), "SELECT seq FROM journal_user").Scan(&seq); err != nil || seq != 4+journal.Step {
		t.Errorf("the sequence of a user is at %d, %v", seq, err)
	}
	if left, _ := filepath.Glob(w.path("*.part*")); len(left) > 0 {
		t.Errorf("%q is left", left)
	}
	if _, err := backup.Restore(t.Context(), from, w.target()); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("again: %v", err)
	}
}

func TestRestoreLeavesAnotherSecretAlone(t *testing.T) {
	w := newWorld(t)
	from := w.make("hush")
	must(t, os.WriteFile(w.path("secret"), []byte("other\n"), 0o600))
	if _, err := backup.Restore(t.Context(), from, w.target()); err == nil || !strings.Contains(err.Error(), "another secret") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(w.path("new.db")); err == nil {
		t.Error("the data is there without its secret")
	}
	must(t, os.WriteFile(w.path("secret"), []byte("hush"), 0o600))
	if _, err := backup.Restore(t.Context(), from, w.target()); err != nil {
		t.Errorf("with the same secret: %v", err)
	}
}

func TestOlderBackupIsMigratedByTheRestore(t *testing.T) {
	w := newWorld(t)
	w.exec("DROP TABLE journal_epoch")
	w.exec("DELETE FROM journal_version WHERE version_id >= 5")
	from := w.make("")
	if r, err := backup.Verify(t.Context(), from, w.release); err != nil || r.Older == nil {
		t.Errorf("got %+v, %v", r, err)
	}
	if secret, err := backup.Restore(t.Context(), from, w.target()); err != nil || secret {
		t.Errorf("got %v, %v", secret, err)
	}
}

func TestWhatIsNoGoodBackupIsRefused(t *testing.T) {
	w := newWorld(t)
	from := w.make("")
	whole, err := os.ReadFile(from)
	must(t, err)
	cases := map[string][]byte{
		"is there":           nil,
		"no backup":          nil,
		"not a database":     []byte(strings.Repeat("nonsense ", 1000)),
		"malformed":          whole[:len(whole)-8192],
		"of a newer release": nil,
	}
	for want, content := range cases {
		path := w.path("bad")
		switch want {
		case "is there":
			path = w.path("nothing")
			want = "no such file"
		case "no backup":
			path = w.path("lair.db")
		case "of a newer release":
			w.exec("INSERT INTO room_version (version_id, is_applied) VALUES (99, 1)")
			path = w.path("newer")
			must(t, backup.Make(t.Context(), backup.Source{Data: w.path("lair.db")}, path))
		default:
			must(t, os.WriteFile(path, content, 0o600))
		}
		if _, err := backup.Verify(t.Context(), path, w.release); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestBackupIsNotServed(t *testing.T) {
	w := newWorld(t)
	file, err := sqldb.OpenSQLite(t.Context(), w.make(""))
	must(t, err)
	defer file.Close() // a test's own
	if err := backup.Refuse(t.Context(), file.Read, "copy"); err == nil || !strings.Contains(err.Error(), "lair restore") {
		t.Errorf("got %v", err)
	}
}
