package lair

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"
)

// MaxFrame is the size of the largest frame in either direction, in bytes.
const MaxFrame = 1 << 20

// transport carries frames, each one JSON object. One goroutine may read while
// another writes; close may be called by any, more than once, and ends both.
type transport interface {
	// read returns the next frame, which is the caller's, or an error if none
	// came in time. After an error the transport is of no more use.
	read(timeout time.Duration) ([]byte, error)
	// write sends the frames in as few packets as possible.
	write(timeout time.Duration, frames ...[]byte) error
	// bye takes leave of the peer if there is a way to; close follows.
	bye(ctx context.Context)
	close()
}

// dialer returns the function that connects to the address of the options.
func (o *Options) dialer() (func(context.Context) (transport, error), error) {
	u, err := url.Parse(o.Address)
	if err != nil {
		return nil, fmt.Errorf("the address of a link: %w", err)
	}
	if o.Encrypt && u.Scheme != "tcp" {
		return nil, errNotTCP
	}
	switch u.Scheme {
	case "tcp", "tls":
		if _, _, err := net.SplitHostPort(u.Host); err != nil {
			return nil, fmt.Errorf("the address of a link: %w", err)
		}
		return func(ctx context.Context) (transport, error) { return dialTCP(ctx, u.Host, u.Scheme == "tls", o) }, nil
	case "ws", "wss":
		if u.Path == "" {
			u.Path = "/ws"
		}
		return func(ctx context.Context) (transport, error) { return dialWS(ctx, u.String(), o) }, nil
	default:
		return nil, fmt.Errorf("the address of a link begins with tcp, tls, ws or wss, not %q", u.Scheme)
	}
}
