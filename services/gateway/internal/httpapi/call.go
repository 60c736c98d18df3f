package httpapi

import (
	"net/http"
	"strings"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
)

// call is one request to a route.
type call struct {
	*http.Request
	w   http.ResponseWriter
	who authn.Identity // zero on routes for anybody
	// byCookie says that the token came in the cookie.
	byCookie bool
}

// answer is a body with another status than that of the route.
type answer struct {
	status int
	body   any
}

// route makes a handler of net/http of one that returns the body of its answer.
func (a *api) route(status int, need access, handle func(*call) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := w.(*recorder) //nolint:forcetypeassert // serve is around every route
		c := &call{Request: r, w: rec.ResponseWriter}
		if err := a.admit(rec, c, need); err != nil {
			a.refuse(rec, c, err)
			return
		}
		body, err := handle(c)
		if err != nil {
			a.refuse(rec, c, err)
			return
		}
		if other, ok := body.(answer); ok {
			if other.status == http.StatusServiceUnavailable {
				rec.Header().Set("Retry-After", retryAfter)
			}
			write(rec, other.status, other.body)
			return
		}
		write(rec, status, body)
	})
}

// authenticate finds out who calls, before the body is read.
func (a *api) authenticate(c *call) error {
	token, err := a.token(c)
	if err != nil {
		return err
	}
	who, err := a.Authn.Authenticate(c.Context(), token)
	if err != nil {
		return err
	}
	c.who = who
	c.Request = c.WithContext(rpc.WithActor(c.Context(), rpc.Actor{User: who.User, Session: who.Session}))
	return nil
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// pathID reads an id in the path. One that is none names nothing.
func (c *call) pathID(name, code string) (id.UUID, error) {
	u, err := id.Parse(c.PathValue(name))
	if err != nil {
		return id.UUID{}, fault.New(fault.NotFound, code, "there is no such thing as this id names")
	}
	return u, nil
}
