package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lair-chat/lair/pkg/config"
	"github.com/lair-chat/lair/pkg/run"
)

// Main is the body of a program that is a part of the system: without an
// argument it runs the parts that build returns, as [run.Main] does. With the
// argument health it asks the process that runs with the same environment
// whether it is ready, and exits with 1 if not: images have no other program
// that could.
func Main(build func(context.Context) ([]run.Part, error), ask func(context.Context, []string) error) {
	switch args := os.Args[1:]; {
	case len(args) == 0:
		run.Main(build)
	case len(args) == 1 && args[0] == "health":
		Health(ask)
	default:
		fmt.Fprintf(os.Stderr, "%q is not understood; there is only health\n", strings.Join(args, " "))
		os.Exit(2)
	}
}

// Health is the command health.
func Health(ask func(context.Context, []string) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, askTime)
	err := ask(ctx, os.Environ())
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "not ready:", strings.ReplaceAll(err.Error(), "\n", "; "))
		os.Exit(1)
	}
}

// askTime bounds the answer of a process about its health.
const askTime = 3 * time.Second

// AskServer is nil if the service that runs with this environment is ready.
func AskServer(ctx context.Context, environ []string) error {
	var server Server
	var own Certificates
	if err := config.Load(environ, Names(), &server, &own); err != nil {
		return err
	}
	addr, err := Local(server.Addr)
	if err != nil {
		return fmt.Errorf("LAIR_GRPC_ADDR: %w", err)
	}
	secure, err := own.toMyself()
	if err != nil {
		return err
	}
	// The health service needs no cluster key, so neither does this.
	conn, err := grpc.NewClient("passthrough:"+addr, grpc.WithTransportCredentials(secure))
	if err != nil {
		return err
	}
	defer conn.Close()
	answer, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{})
	switch {
	case err != nil:
		return err
	case answer.GetStatus() != healthv1.HealthCheckResponse_SERVING:
		return errors.New("the service says " + answer.GetStatus().String())
	}
	return nil
}

// Local returns the address at which the same machine reaches a listener.
func Local(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port), nil
}
