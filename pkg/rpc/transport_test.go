package rpc_test

import (
	"testing"

	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"

	"github.com/lair-chat/lair/pkg/rpc"
)

// In a network without a way out the question for a service config is answered
// after seconds, and no call is made before.
func TestNamesAreLookedUpWithoutTheirServiceConfig(t *testing.T) {
	names := manual.NewBuilderWithScheme("lookup")
	options := make(chan resolver.BuildOptions, 1)
	names.BuildCallback = func(_ resolver.Target, _ resolver.ClientConn, o resolver.BuildOptions) { options <- o }
	resolver.Register(names)
	conn, err := rpc.Dial("lookup:///auth", rpc.Options{Role: "gateway", Key: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.Connect()
	if o := <-options; !o.DisableServiceConfig {
		t.Error("the service config is asked for")
	}
}
