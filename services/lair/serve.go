package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/gateway"
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
	fmt.Fprintf(os.Stdout, "Lair Chat %s\n", version)
	none := ""
	if !gateway.HasWeb() {
		none = "   (not built in: it needs Node)"
	}
	ports := []struct {
		addr net.Addr
		s    string
	}{{s.Gateway.HTTPAddr(), ""}, {s.Gateway.HTTPSAddr(), "s"}}
	for _, web := range ports {
		if web.addr != nil {
			fmt.Fprintf(os.Stdout, "  Web client  http%s://%s%s\n", web.s, local(web.addr), none)
		}
	}
	for _, web := range ports {
		if web.addr != nil {
			fmt.Fprintf(os.Stdout, "  HTTP API    http%s://%s/api/v1\n  WebSocket   ws%s://%s/ws\n", web.s, local(web.addr), web.s, local(web.addr))
		}
	}
	secure := ""
	if c.Gateway.TCPTLS {
		secure = ", with TLS"
	}
	fmt.Fprintf(os.Stdout, "  TCP         %s%s\n  data        %s\n", local(s.Gateway.TCPAddr()), secure, s.Where)
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
