package e2e

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// PostgreSQL answers as it does when a table cannot grow. What is there can be
// read, a send waits or is refused, and goes through when there is room: once.
// The same with SQLite is tested beside the program, where the file can be filled.
func TestAFullDatabaseLosesNothingAndRecovers(t *testing.T) {
	s := begin(t, cluster.Many)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	a, b := ann.tcp(t).deaf(), bob.ws(t)
	a.say(clientv1.ToRoom(hall), "before")
	b.hears(hall.Conversation(), "before")

	db, err := pgx.Connect(t.Context(), s.Postgres.URL("postgres"))
	must(t, err)
	defer db.Close(t.Context())
	_, err = db.Exec(t.Context(), `
		CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE disk_full USING MESSAGE = 'could not extend file: No space left on device'; END $$;
		CREATE TRIGGER no_room BEFORE INSERT ON message_message EXECUTE FUNCTION no_room()`)
	must(t, err)
	waits, err := a.Post(t.Context(), lair.Draft{Target: clientv1.ToRoom(hall), Content: "while it is full"})
	must(t, err)
	d := lair.Draft{Target: clientv1.ToRoom(hall), Content: "refused first", ClientMsgID: "again"}
	_, err = bob.Send(soon(t), d)
	if lair.Code(err) != "unavailable" || !strings.Contains(err.Error(), "the disk of the server is full, try again later") {
		t.Errorf("the send is refused with %v", err)
	}
	for _, g := range s.Gateways {
		becomes(t, g, http.StatusOK, "database", "full")
	}
	if n := len(bob.history(t, hall)); n != 1 {
		t.Errorf("%d messages can be read", n)
	}

	_, err = db.Exec(t.Context(), "DROP TRIGGER no_room ON message_message")
	must(t, err)
	_, err = waits.Wait(soon(t))
	must(t, err)
	_, err = bob.Send(soon(t), d)
	must(t, err)
	b.hears(hall.Conversation(), "while it is full", "refused first")
	text, err := os.ReadFile(s.log.Name())
	must(t, err)
	for _, want := range []string{"the disk of the database is full: nothing new can be stored", "(SQLSTATE 53100)"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no log says %q", want)
		}
	}
}
