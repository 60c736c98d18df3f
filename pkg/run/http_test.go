package run_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/lair-chat/lair/pkg/run"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return lis
}

func TestHTTPRequestsFinish(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	lis := listen(t)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "done")
	})}
	ctx, cancel := context.WithCancel(t.Context())
	srv.RegisterOnShutdown(func() { close(release) })
	ended := make(chan error)
	go func() { ended <- run.ServeHTTP(srv, lis).Run(ctx) }()
	go func() { <-entered; cancel() }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + lis.Addr().String()) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "done" {
		t.Errorf("%q, %v", body, err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestHTTPSaysWhyItCannotServe(t *testing.T) {
	lis := listen(t)
	_ = lis.Close()
	if err := run.ServeHTTP(&http.Server{}, lis).Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
