package live

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/testkit/child"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// system is what `make cluster` runs, with the exporters beside it and a
// Prometheus that reads all of them once a second.
type system struct {
	places
	pager *pager
	crowd *crowd

	host, dir, file, prometheus string
	children                    map[string]*child.Process
	test                        *testing.T // the whole one
}

// places is what the cluster tells.
type places struct {
	Programs []struct {
		Name, Metrics, GRPC, HTTP, WS, TCP string
		Pid                                int
	}
	Postgres, Redis, Key, Certificates string
}

func begin(t *testing.T) *system {
	t.Helper()
	pid := os.Getpid()
	s := &system{
		dir: t.TempDir(), host: fmt.Sprintf("127.%d.%d.77", 1+pid>>8&0x7f, pid&0xff),
		children: map[string]*child.Process{}, test: t,
	}
	program := filepath.Join(s.dir, "cluster")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/lair-chat/lair/services/lair/cmd/cluster")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the cluster: %v\n%s", err, out)
	}
	s.file = filepath.Join(s.dir, "places.json")
	s.start(t, program, nil, "-host", s.host, "-write", s.file)
	// It compiles everything first, which takes minutes where nothing was compiled.
	for ended := s.children["cluster"].Done(); !s.look(t); pause() {
		select {
		case <-ended:
			t.Fatal("the cluster has ended")
		default:
		}
	}

	s.start(t, "prometheus-postgres-exporter", []string{"DATA_SOURCE_NAME=" + s.Postgres}, "--web.listen-address="+s.at(9187))
	// It must not wait for a Redis that hangs for longer than Prometheus waits for it.
	s.start(t, "prometheus-redis-exporter", nil, "-web.listen-address="+s.at(9121), "-redis.addr="+s.Redis, "-connection-timeout=300ms")
	s.start(t, "prometheus-node-exporter", nil, "--web.listen-address="+s.at(9100))
	s.pager = page(t)
	s.start(t, "prometheus-alertmanager", nil, "--config.file="+s.routes(t), "--storage.path="+filepath.Join(s.dir, "alertmanager"),
		"--web.listen-address="+s.at(9093), "--cluster.listen-address=")
	s.start(t, "prometheus", nil, "--config.file="+s.config(t), "--storage.tsdb.path="+filepath.Join(s.dir, "tsdb"),
		"--web.listen-address="+s.at(9090), "--enable-feature=exemplar-storage")
	s.prometheus = "http://" + s.at(9090)
	for ctx := patient(t); !s.answers(ctx, s.prometheus+"/-/ready"); pause() {
		must(t, ctx.Err())
	}
	return s
}

// look reads where everything is, if it is told yet.
func (s *system) look(t *testing.T) bool {
	t.Helper()
	text, err := os.ReadFile(s.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	must(t, err)
	s.places = places{}
	must(t, json.Unmarshal(text, &s.places))
	return true
}

func (s *system) at(port int) string { return net.JoinHostPort(s.host, strconv.Itoa(port)) }

// start runs a program until the test ends.
func (s *system) start(t *testing.T, name string, env []string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	must(t, err)
	var out bytes.Buffer
	p, err := child.Start(child.Command{Path: path, Args: args, Env: append(os.Environ(), env...), Out: &out, Death: syscall.SIGKILL})
	must(t, err)
	s.children[filepath.Base(name)] = p
	t.Cleanup(func() {
		if err := p.Stop(syscall.SIGTERM); err != nil && name != "prometheus-redis-exporter" && !strings.Contains(err.Error(), "terminated") {
			t.Errorf("%s: %v", name, err)
		}
		if t.Failed() {
			text := out.String()
			t.Logf("the end of what %s said:\n%s", filepath.Base(name), text[max(0, len(text)-3000):])
		}
	})
}

// chat is light load on both gateways, until Prometheus has read it a few times.
func (s *system) chat(t *testing.T) {
	t.Helper()
	var people sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer func() { stop(); people.Wait() }()
	ann, bob := s.person(t, 0), s.person(t, 1)
	room, err := ann.CreateRoom(ctx, lair.NewRoom{Name: "hall " + rand.Text()})
	must(t, err)
	_, err = bob.JoinRoom(ctx, room.ID)
	must(t, err)
	for _, p := range []*person{ann, bob} {
		people.Go(func() { p.talk(ctx, t, clientv1.ToRoom(room.ID)) })
	}
	for ctx := patient(t); !s.ask(t, `min(count_over_time(up{job!="postgres"}[20s])) >= 17`); pause() {
		must(t, ctx.Err())
	}
}

type person struct {
	*lair.API
	tcp, ws *lair.Link
}

func (s *system) person(t *testing.T, n int) *person {
	t.Helper()
	gateway := s.Programs[len(s.Programs)-2+n]
	api, err := lair.New(gateway.HTTP, lair.APIOptions{})
	must(t, err)
	name := "p_" + strings.ToLower(rand.Text()[:10])
	_, err = api.Register(patient(t), name, name+"@example.org", "correct horse battery")
	must(t, err)
	p := &person{API: api}
	for address, link := range map[string]**lair.Link{gateway.TCP: &p.tcp, gateway.WS: &p.ws} {
		*link, err = lair.Dial(patient(t), lair.Options{Address: address, Token: api.Token()})
		must(t, err)
		t.Cleanup(func() { _ = (*link).Close(context.Background()) })
		go func() {
			for range (*link).Events() { // they have to be taken
			}
		}()
	}
	return p
}

func (p *person) talk(ctx context.Context, t *testing.T, hall clientv1.Target) {
	for i := 0; ctx.Err() == nil; i++ {
		m, err := p.tcp.Send(ctx, lair.Draft{Target: hall, Content: strconv.Itoa(i)})
		if err == nil && i%5 == 0 {
			_, err = p.EditMessage(ctx, m.ID, "edited")
		}
		if err == nil && i%5 == 1 {
			_, err = p.ws.Send(ctx, lair.Draft{Target: hall, Content: "by WebSocket"})
		}
		if err == nil && i%5 == 2 {
			_, err = p.MarkRead(ctx, hall, m.Seq)
		}
		if err == nil && i%5 == 4 {
			_, err = p.Refresh(ctx)
		}
		if err == nil && i%5 == 3 {
			_, err = p.Messages(ctx, lair.MessagesQuery{Target: hall})
		}
		if err != nil && ctx.Err() == nil {
			t.Errorf("the chat: %v", err)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *system) answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// patient is a context that ends a test that hangs.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// pause is between two looks at a process that tells nobody when it is ready.
func pause() { time.Sleep(100 * time.Millisecond) }
