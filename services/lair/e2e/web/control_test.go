package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// control serves what the scenarios do to a system from outside, on the loopback
// interface: POST /SYSTEM/VERB/NAME. It returns its URL.
func control(t *testing.T, bin string, stages map[string]*stage) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{system}/{verb}/{name}", func(w http.ResponseWriter, r *http.Request) {
		s := stages[r.PathValue("system")]
		if s == nil {
			http.NotFound(w, r)
			return
		}
		if err := s.act(r.Context(), bin, r.PathValue("verb"), r.PathValue("name")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-ended
	})
	return "http://" + l.Addr().String()
}

// act does one thing: with a process, with the network in front of the system, or
// with a user.
func (s *stage) act(ctx context.Context, bin, verb, name string) error {
	switch verb {
	case "cut", "mend":
		s.balancer.set(verb == "cut")
		return nil
	case "prefer":
		s.balancer.prefer(name)
		return nil
	case "promote":
		return s.promote(ctx, bin, name)
	}
	p := s.Program(name)
	if p == nil {
		return fmt.Errorf("there is no process %q", name)
	}
	switch verb {
	case "kill":
		p.Kill()
	case "stop":
		return p.Stop()
	case "start":
		return p.Run(context.WithoutCancel(ctx))
	case "pause":
		p.Pause()
	case "resume":
		p.Resume()
	default:
		return fmt.Errorf("there is no verb %q", verb)
	}
	return nil
}

// promote makes a user an administrator, as an operator does.
func (s *stage) promote(ctx context.Context, bin, name string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "lair"), "admin", "create", "-name", name, "-promote")
	cmd.Env = append(os.Environ(), "LAIR_DATA_DIR="+filepath.Join(s.dir, "data"))
	if s.Postgres != nil {
		cmd.Env = append(cmd.Env, "LAIR_DATABASE_URL="+s.Postgres.URL("postgres"))
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
