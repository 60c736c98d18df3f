package rpc

import (
	"context"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
)

// stopTime bounds the graceful end of a server.
const stopTime = 10 * time.Second

// Serve accepts connections on lis until ctx ends. Then the calls that run may
// finish for 10 s, after which they are broken off, and Serve returns nil. A
// long stream should therefore be told to end before: a server cannot.
func Serve(ctx context.Context, srv *grpc.Server, lis net.Listener) error {
	failed := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-failed:
		case <-ctx.Done():
			Stop(srv)
		}
	}()
	err := srv.Serve(lis)
	close(failed)
	<-stopped
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("serve %v: %w", lis.Addr(), err)
	}
	return nil
}

// Stop ends a server as Serve does, for one that is reached only by Loopback.
// It returns when all calls are over.
func Stop(srv *grpc.Server) {
	late := time.AfterFunc(stopTime, srv.Stop)
	defer late.Stop()
	srv.GracefulStop()
}
