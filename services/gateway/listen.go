package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/lair-chat/lair/pkg/cert"
	"github.com/lair-chat/lair/pkg/run"
	"github.com/lair-chat/lair/services/gateway/internal/web"
)

// listen reads the certificate, if there is one, and opens the ports.
func (g *Gateway) listen(ctx context.Context) (err error) {
	c := g.needs.Config
	if c.TLS() {
		if g.cert, err = cert.Open(c.TLSCertPath, c.TLSKeyPath, g.needs.Log); err != nil {
			return err
		}
		g.needs.Registry.MustRegister(g.cert.Meter("public"))
	}
	for _, port := range []struct {
		listener *net.Listener
		variable string
		number   uint16
		wanted   bool
	}{
		{&g.tcpListener, "LAIR_TCP_PORT", c.TCPPort, true},
		{&g.httpListener, "LAIR_HTTP_PORT", c.HTTPPort, c.HTTPPortEnabled},
		{&g.httpsListener, "LAIR_HTTPS_PORT", c.HTTPSPort, c.TLS()},
	} {
		if !port.wanted {
			continue
		}
		address := net.JoinHostPort(c.BindAddress, strconv.Itoa(int(port.number)))
		if *port.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", address); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", port.variable, err), g.unlisten())
		}
	}
	if c.TCPTLS {
		g.tcpListener = tls.NewListener(g.tcpListener, g.cert.Config())
	}
	return nil
}

// unlisten closes the ports that are open.
func (g *Gateway) unlisten() error {
	var errs []error
	for _, lis := range []net.Listener{g.tcpListener, g.httpListener, g.httpsListener} {
		if lis != nil {
			errs = append(errs, lis.Close())
		}
	}
	return errors.Join(errs...)
}

// Listening returns the addresses of all ports for the log.
func (g *Gateway) Listening() []any {
	var all []any
	for _, port := range []struct {
		name string
		addr net.Addr
	}{{"http", g.HTTPAddr()}, {"https", g.HTTPSAddr()}, {"tcp", g.TCPAddr()}} {
		if port.addr != nil {
			all = append(all, port.name, port.addr.String())
		}
	}
	return all
}

// HTTPAddr returns where the gateway listens for HTTP and WebSockets, nil if it
// does so with TLS only.
func (g *Gateway) HTTPAddr() net.Addr { return addr(g.httpListener) }

// HTTPSAddr returns where it listens for both with TLS, nil if it does not.
func (g *Gateway) HTTPSAddr() net.Addr { return addr(g.httpsListener) }

func addr(lis net.Listener) net.Addr {
	if lis == nil {
		return nil
	}
	return lis.Addr()
}

// serveHTTP returns the parts that serve HTTP, with TLS, without, or both.
func (g *Gateway) serveHTTP() []run.Part {
	var parts []run.Part
	if g.cert != nil {
		parts = append(parts, run.Part{Name: "certificate", Run: g.cert.Run})
	}
	if g.httpListener != nil {
		parts = append(parts, run.ServeHTTP(g.server(), g.httpListener))
	}
	if g.httpsListener != nil {
		srv := g.server()
		srv.TLSConfig = g.cert.Config()
		parts = append(parts, run.ServeHTTP(srv, g.httpsListener))
	}
	return parts
}

func (g *Gateway) server() *http.Server {
	return &http.Server{
		Handler: g.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(g.needs.Log.Handler(), slog.LevelDebug),
	}
}

// HasWeb reports whether this binary was built with the web client.
func HasWeb() bool { return web.Has(web.Dist()) }
