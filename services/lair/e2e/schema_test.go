package e2e

import (
	"bytes"
	"net/http"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// An older backup is put back under running services: they say that they are not
// ready until the database has the form that they need.
func TestADatabaseThatIsBehindMakesTheSystemUnready(t *testing.T) {
	s := begin(t, cluster.Many)
	conn, err := pgx.Connect(t.Context(), s.Postgres.URL("postgres"))
	must(t, err)
	defer conn.Close(t.Context()) // a test's own connection
	const newest = "(SELECT max(version_id) FROM room_version)"
	_, err = conn.Exec(t.Context(), "UPDATE room_version SET version_id = version_id - 100 WHERE version_id = "+newest)
	must(t, err)
	becomes(t, s.first(), http.StatusServiceUnavailable, "room", "not_ready")
	log, err := os.ReadFile(s.log.Name())
	must(t, err)
	if !bytes.Contains(log, []byte("the tables of room are at migration")) {
		t.Error("the log does not say why")
	}
	_, err = conn.Exec(t.Context(), "UPDATE room_version SET version_id = version_id + 100 WHERE version_id < 0")
	must(t, err)
	becomes(t, s.first(), http.StatusOK, "room", "connected")
}
