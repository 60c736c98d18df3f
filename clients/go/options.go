package lair

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// TokenSource returns a token that has not been refused yet, usually by logging
// in or refreshing. A link calls it when it has no token and whenever the
// server refused the one it has, one call at a time. An error with a code that
// a wrong password or a dead session has ends the link; others are retried.
type TokenSource func(ctx context.Context) (string, error)

// Options say how to dial. Address and one of Token and TokenSource are needed.
// Dial copies them; nothing may be changed in what they point to.
type Options struct {
	// Address is "tcp://host:port", "tls://host:port" (TCP with TLS),
	// "ws://host:port/ws" or "wss://…". The path
	// of a WebSocket is /ws if it is left out.
	Address string

	// Token is used first. Without a TokenSource the link ends when it is
	// refused.
	Token       string
	TokenSource TokenSource

	// Encrypt has the frames encrypted below TCP, against those who only listen;
	// use wss or TLS against all others. Dialling fails if the server does not
	// offer it.
	Encrypt bool

	// Features are asked for in client_hello; nil means "resume". Without
	// "resume" events are handed out as they come, and nothing is promised.
	Features []string

	// ClientName is for the logs of the server.
	ClientName string

	// Positions are where to go on from; the zero value means from now on.
	Positions Positions

	// Buffer is how many events wait to be taken, 256 if it is 0. Each is at
	// most as large as a frame, 1 MiB, and usually below 1 KiB.
	Buffer int

	// MinBackoff and MaxBackoff bound the pauses between attempts to connect,
	// and to send a message again: 100 ms and 30 s if they are 0. The pauses are
	// jittered in full, from nought up.
	MinBackoff, MaxBackoff time.Duration

	// Rand returns numbers in [0, 1) for the jitter; nil means math/rand. It is
	// called by several goroutines.
	Rand func() float64

	// TLS is used for tls and wss; nil means the defaults.
	TLS *tls.Config

	// DialContext makes the connections below TCP and WebSocket; nil means a
	// net.Dialer.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)

	// OnState is told of every change of state, in order, by one goroutine at a
	// time. It must not wait for long and must not call Close.
	OnState func(State)

	// Log gets what a person who looks for a fault wants to know, never tokens
	// or messages; nil means nowhere.
	Log *slog.Logger
}

func (o Options) withDefaults() (Options, error) {
	if o.Token == "" && o.TokenSource == nil {
		return o, errors.New("a link needs a token or a token source")
	}
	if o.Features == nil {
		o.Features = []string{clientv1.FeatureResume}
	}
	if o.ClientName == "" {
		o.ClientName = "lair-go"
	}
	if o.Buffer <= 0 {
		o.Buffer = 256
	}
	if o.MinBackoff <= 0 {
		o.MinBackoff = 100 * time.Millisecond
	}
	if o.MaxBackoff <= 0 {
		o.MaxBackoff = 30 * time.Second
	}
	o.MaxBackoff = max(o.MaxBackoff, o.MinBackoff)
	if o.Rand == nil {
		o.Rand = rand.Float64
	}
	if o.DialContext == nil {
		o.DialContext = (&net.Dialer{}).DialContext
	}
	if o.OnState == nil {
		o.OnState = func(State) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func (o *Options) resumes() bool { return slices.Contains(o.Features, clientv1.FeatureResume) }

func (o *Options) backoff() *backoff {
	return &backoff{min: o.MinBackoff, max: o.MaxBackoff, rand: o.Rand}
}
