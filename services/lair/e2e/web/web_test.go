// Package web has the web client used in a real browser against the real
// system: everything in one process, and a process for each service behind two
// gateways, both over TLS. What people do is in clients/web/e2e; here is what it
// runs against.
package web

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/testkit/child"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// client is the folder of the web client.
const client = "../../../../clients/web"

// The flags are for work at the client.
var (
	only = flag.String("only", "", "run only the scenarios whose names match")
	hold = flag.Bool("hold", false, "run no scenario, but keep the systems up and print how `npm run e2e` finds them")
)

// limit bounds all scenarios together.
const limit = 20 * time.Minute

// settings is what the scenarios are told, as JSON in LAIR_E2E.
type settings struct {
	One       place  `json:"one"`
	Many      place  `json:"many"`
	Brief     place  `json:"brief"`
	Control   string `json:"control"`
	Chromium  string `json:"chromium"`
	Artefacts string `json:"artefacts"`
}

// place is how a system is reached.
type place struct {
	URL string `json:"url"` // of the page, through the balancer
	API string `json:"api"` // of the last gateway, in clear
	Key string `json:"key"` // the public key of the certificate, as browsers name it
}

func TestTheWebClientInABrowser(t *testing.T) {
	bin := t.TempDir()
	if err := cluster.Build(t.Context(), bin, "test", raceEnabled); err != nil {
		t.Fatal(err)
	}
	browser, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	shots, err := filepath.Abs(t.ArtifactDir())
	if err != nil {
		t.Fatal(err)
	}
	one, many := begin(t, bin, cluster.One), begin(t, bin, cluster.Many)
	// A login lasts a day: here its sockets are told of its end at the next stroke of the clock.
	brief := begin(t, bin, cluster.One, "LAIR_SESSION_WARNING=24h")
	s := settings{
		One: one.place(), Many: many.place(), Brief: brief.place(), Chromium: browser, Artefacts: shots,
		Control: control(t, bin, map[string]*stage{"one": one, "many": many, "brief": brief}),
	}
	demandClient(t, s.One.API)
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if *hold {
		t.Logf("export LAIR_E2E='%s'", text)
		interrupted, stop := signal.NotifyContext(t.Context(), os.Interrupt)
		defer stop()
		<-interrupted.Done()
		return
	}
	if out, err := play(t, string(text)); err != nil {
		t.Errorf("%v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
}

// play runs the scenarios and returns what they say.
func play(t *testing.T, settings string) (string, error) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		return "", fmt.Errorf("the scenarios run in Node: %w", err)
	}
	dir, err := filepath.Abs(client)
	if err != nil {
		return "", err
	}
	var said strings.Builder
	out := io.Writer(&said)
	if testing.Verbose() {
		out = io.MultiWriter(&said, os.Stderr)
	}
	args := []string{"node_modules/vitest/vitest.mjs", "run", "--config", "e2e/vitest.config.ts"}
	if *only != "" {
		args = append(args, "--testNamePattern", *only)
	}
	p, err := child.Start(child.Command{
		Path: node, Args: args, Dir: dir, Out: out, Death: syscall.SIGKILL,
		Env: append(os.Environ(), "LAIR_E2E="+settings, "NO_COLOR=1", "CI=1"),
	})
	if err != nil {
		return "", err
	}
	select {
	case <-p.Done():
		err = p.Stop(syscall.SIGKILL)
	case <-time.After(limit):
		_ = p.Stop(syscall.SIGKILL)
		err = fmt.Errorf("the scenarios take more than %v", limit)
	}
	if testing.Verbose() {
		return "", err // it was shown already
	}
	return said.String(), err
}

// chromium returns the path of the browser.
func chromium() (path string, err error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("the scenarios need Chromium (scripts/test-deps.sh web): %w", err)
}

// demandClient fails unless the programs have the client in them: tests of a page
// that says how to build the client would prove nothing.
func demandClient(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "/assets/") {
		t.Fatal("the programs were built without the web client: run make web before")
	}
}
