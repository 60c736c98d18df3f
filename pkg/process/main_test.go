package process_test

import (
	"net"
	"testing"

	"github.com/lair-chat/lair/pkg/process"
	"github.com/lair-chat/lair/pkg/rpc"
)

func TestAServiceIsAskedWhetherItIsReady(t *testing.T) {
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	environ := []string{"LAIR_GRPC_ADDR=" + lis.Addr().String()}
	health := rpc.NewHealth()
	srv := rpc.NewServer(rpc.Options{Role: "room", Key: make([]byte, 32), Health: health})
	go srv.Serve(lis) //nolint:errcheck // the test ends it
	if err := process.AskServer(t.Context(), environ); err != nil {
		t.Error(err)
	}
	health.SetServing(false)
	if err := process.AskServer(t.Context(), environ); err == nil || err.Error() != "the service says NOT_SERVING" {
		t.Error(err)
	}
	srv.Stop()
	if err := process.AskServer(t.Context(), environ); err == nil {
		t.Error("a service that is not there is ready")
	}
	if err := process.AskServer(t.Context(), []string{"LAIR_GRPC_ADDR=nonsense"}); err == nil {
		t.Error("an address without a port is taken")
	}
}

func TestAListenerIsReachedFromItsOwnMachine(t *testing.T) {
	for addr, want := range map[string]string{
		":7000": "localhost:7000", "0.0.0.0:7000": "localhost:7000", "[::]:7000": "localhost:7000",
		"10.0.0.1:7000": "10.0.0.1:7000", "[fd00::1]:7000": "[fd00::1]:7000", "auth:7000": "auth:7000",
	} {
		if got, err := process.Local(addr); err != nil || got != want {
			t.Errorf("%s: %s, %v", addr, got, err)
		}
	}
}
