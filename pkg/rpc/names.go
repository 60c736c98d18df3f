package rpc

import (
	"sync"
	"time"

	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/dns"
)

const (
	// lookupAgain is how soon a name may be looked up again when a connection to one
	// of its addresses has ended. With gRPC's own 30 s, whose peers were all replaced
	// within that time knew none of them until it was over: a release that replaces
	// two pods of a service takes less.
	lookupAgain = time.Second
	// lookupEvery is how soon an address is found that was added while no connection
	// ended: the second pod of an installation, or one more for more load.
	lookupEvery = 5 * time.Second
)

// The setting is one for the process, and has to be made before the first connection.
func init() { dns.SetMinResolutionInterval(lookupAgain) }

// fresh makes resolvers that look names up also when nothing has happened, which those
// of gRPC do not.
type fresh struct{ resolver.Builder }

// freshNames is for names in the DNS.
func freshNames() resolver.Builder { return fresh{resolver.Get("dns")} }

func (f fresh) Build(target resolver.Target, cc resolver.ClientConn, o resolver.BuildOptions) (resolver.Resolver, error) {
	r, err := f.Builder.Build(target, cc, o)
	if err != nil {
		return nil, err
	}
	c := &curious{Resolver: r, quit: make(chan struct{})}
	c.done.Go(c.run)
	return c, nil
}

type curious struct {
	resolver.Resolver
	quit chan struct{}
	done sync.WaitGroup
}

func (c *curious) run() {
	clock := time.NewTicker(lookupEvery)
	defer clock.Stop()
	for {
		select {
		case <-clock.C:
			c.ResolveNow(resolver.ResolveNowOptions{})
		case <-c.quit:
			return
		}
	}
}

func (c *curious) Close() {
	close(c.quit)
	c.done.Wait()
	c.Resolver.Close()
}
