package rpc

import (
	"time"

	"google.golang.org/grpc/resolver/dns"
)

// lookupAgain is how soon a name may be looked up again when a connection to one of
// its addresses has ended. With gRPC's own 30 s, whose peers were all replaced within
// that time knew none of them until it was over: a release that replaces two pods of a
// service takes less.
const lookupAgain = time.Second

// The setting is one for the process, and has to be made before the first connection.
func init() { dns.SetMinResolutionInterval(lookupAgain) }
