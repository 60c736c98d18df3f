package system_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/sqlite"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/run"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

// maxPages is how large the data file of this test may get: SQLite then says what
// it says when the disk is full.
const maxPages = 1500

// A file that cannot grow: the send is refused, can be repeated, and nothing that
// was acknowledged is lost. When there is room again all goes on by itself.
func TestAFullDataFileLosesNothingAndRecovers(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lair.db")
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		if !strings.Contains(dsn, path) || !strings.Contains(dsn, "_txlock") { // the system's own, which writes
			return nil
		}
		_, err := conn.ExecContext(context.Background(), fmt.Sprint("PRAGMA max_page_count = ", maxPages), nil)
		return err
	})
	url := serve(t, dir)
	api, err := lair.New(url, lair.APIOptions{})
	must(t, err)
	_, err = api.Register(t.Context(), "ann", "ann@example.com", "correct horse battery")
	must(t, err)
	hall, err := api.CreateRoom(t.Context(), lair.NewRoom{Name: "hall"})
	must(t, err)
	if got := ready(t, url); got != "connected" {
		t.Errorf("the database is %s", got)
	}

	long := strings.Repeat("x", 2000)
	said := map[string]bool{}
	var refused lair.Draft
	for i := 0; refused.ClientMsgID == ""; i++ {
		d := lair.Draft{Target: clientv1.ToRoom(hall.ID), Content: fmt.Sprint(i, long), ClientMsgID: fmt.Sprint("m", i)}
		switch _, err := api.Send(t.Context(), d); {
		case err == nil:
			said[d.Content] = true
		case lair.Code(err) == "unavailable" && strings.Contains(err.Error(), "the disk of the server is full, try again later"):
			refused = d
		default:
			t.Fatal(err)
		}
		if i == 3 {
			fill(t, path)
		}
	}
	for ready(t, url) != "full" && t.Context().Err() == nil { // the gateway asks every two seconds
	}
	if _, err := api.Room(t.Context(), hall.ID); err != nil {
		t.Errorf("what is there cannot be read: %v", err)
	}

	room(t, path)
	_, err = api.Send(t.Context(), refused)
	must(t, err)
	said[refused.Content] = true
	body, err := api.Messages(t.Context(), lair.MessagesQuery{Target: clientv1.ToRoom(hall.ID), Limit: 100})
	must(t, err)
	if len(body.Messages) != len(said) {
		t.Errorf("%d messages of %d are there", len(body.Messages), len(said))
	}
	for _, m := range body.Messages {
		if !said[m.Content] {
			t.Errorf("%.10q was refused", m.Content)
		}
	}
}

// serve runs everything on the folder until the end of the test.
func serve(t *testing.T, dir string) (url string) {
	t.Helper()
	c, err := system.Load([]string{
		"LAIR_DATA_DIR=" + dir, "LAIR_BIND_ADDRESS=127.0.0.1", "LAIR_TCP_PORT=0", "LAIR_HTTP_PORT=0",
		"LAIR_LIMIT_MESSAGES=0", "LAIR_LIMIT_ADDRESS=0", "LAIR_LIMIT_USER=0", "LAIR_METRICS_ADDR=",
	})
	must(t, err)
	s, err := system.Build(t.Context(), c, "test")
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run.All(ctx, s.Parts()...) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + s.Gateway.HTTPAddr().String()
}

// fill makes the file as large as it may be, with what others keep on the disk.
func fill(t *testing.T, path string) {
	t.Helper()
	other(t, path, "CREATE TABLE other (x blob)", fmt.Sprintf("INSERT INTO other VALUES (zeroblob(%d))", maxPages*4096))
}

// room takes it away again.
func room(t *testing.T, path string) {
	t.Helper()
	other(t, path, "DROP TABLE other")
}

func other(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	must(t, err)
	defer db.Close()
	for _, s := range statements {
		_, err := db.ExecContext(t.Context(), s)
		must(t, err)
	}
}

// ready returns how /ready finds the database. The gateway is ready all the time.
func ready(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/ready", nil)
	must(t, err)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close() // it is read
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	var body struct{ Database string }
	must(t, json.NewDecoder(bytes.NewReader(text)).Decode(&body))
	if resp.StatusCode != http.StatusOK && body.Database != "unknown" {
		t.Errorf("%s %s", resp.Status, text)
	}
	return body.Database
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
