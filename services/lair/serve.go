package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/lair/internal/system"
)

// serve is everything in one process.
func serve(ctx context.Context) ([]run.Part, error) {
	c, err := system.Load(os.Environ())
	if err != nil {
		return nil, err
	}
	s, err := system.Build(ctx, c, version)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stdout, `Lair Chat %s
  HTTP API    http://%s/api/v1
  WebSocket   ws://%s/ws
  TCP         %s
  data        %s
`, version, local(s.Gateway.HTTPAddr()), local(s.Gateway.HTTPAddr()), local(s.Gateway.TCPAddr()), s.Where)
	return s.Parts(), nil
}

// local returns an address that can be typed on this machine.
func local(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return a.String()
	}
	return net.JoinHostPort("localhost", port)
}
