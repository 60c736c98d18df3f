package e2e

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/testkit/certtest"
	"github.com/lair-chat/lair/proto/client/spec/spectest"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// Who comes over HTTPS and wss, who comes over TCP with TLS and who comes in
// clear talk with each other, also while the certificate is replaced.
func TestTLS(t *testing.T) {
	for _, kind := range starters {
		t.Run(kind.name, func(t *testing.T) { talkOverTLS(t, kind.start) })
	}
}

func talkOverTLS(t *testing.T, start func(context.Context, cluster.Options) (*cluster.System, error)) {
	t.Helper()
	authority := certtest.New(t)
	dir := t.TempDir()
	host := ""
	s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		host = o.Host
		pair, key := authority.Issue(t, 1, host)
		certPath, keyPath := certtest.Write(t, dir, pair, key)
		o.Env = append(o.Env, "LAIR_TLS_ENABLED=true", "LAIR_TLS_CERT_PATH="+certPath, "LAIR_TLS_KEY_PATH="+keyPath, "LAIR_TCP_TLS=true")
		return start(ctx, o)
	})
	trust := &tls.Config{RootCAs: authority.Pool, MinVersion: tls.VersionTLS12}
	secure, err := url.Parse(s.first().HTTPS)
	must(t, err)
	connect := func(p *person, address string) *link {
		t.Helper()
		l, err := lair.Dial(soon(t), lair.Options{Address: address, Token: p.Token(), TLS: trust, MaxBackoff: 300 * time.Millisecond})
		must(t, err)
		t.Cleanup(func() {
			if err := l.Close(context.Background()); err != nil && !errors.Is(err, lair.ErrClosed) {
				t.Error(err)
			}
		})
		return &link{l, t}
	}

	transport := &http.Transport{TLSClientConfig: trust.Clone(), ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	ann := register(t, s.first(), "ann")
	api, err := lair.New(s.first().HTTPS, lair.APIOptions{Token: ann.Token(), HTTP: &http.Client{Transport: spectest.Transport{Through: transport, Report: func(err error) { t.Error(err) }}}})
	must(t, err)
	ann.API = api
	bob, cay := register(t, s.last(), "bob"), register(t, s.last(), "cay")
	hall := room(t, ann, bob, cay)
	tcp, err := url.Parse(s.last().TCP)
	must(t, err)
	everybody := []*link{connect(ann, "wss://"+secure.Host+"/ws"), connect(bob, "tls://"+tcp.Host), cay.ws(t)}
	talk := func(texts ...string) {
		t.Helper()
		for i, l := range everybody {
			l.say(clientv1.ToRoom(hall), texts[i])
		}
		for _, l := range everybody {
			l.hears(hall.Conversation(), texts...)
		}
	}
	if _, err := lair.Dial(soon(t), lair.Options{Address: "tls://" + tcp.Host, Token: bob.Token()}); err == nil {
		t.Error("a certificate that nobody vouches for was good enough")
	}
	talk("over wss", "over tls", "in clear")

	pair, key := authority.Issue(t, 2, host)
	must(t, os.WriteFile(dir+"/cert.pem", pair, 0o600))
	must(t, os.WriteFile(dir+"/key.pem", key, 0o600))
	d := tls.Dialer{Config: trust}
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for ctx, number := soon(t), int64(0); number != 2; <-look.C {
		nc, err := d.DialContext(ctx, "tcp", secure.Host)
		must(t, err)
		number = nc.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64()
		_ = nc.Close()
	}
	talk("still over wss", "still over tls", "still in clear")
	_, err = ann.Me(soon(t))
	must(t, err)
}
