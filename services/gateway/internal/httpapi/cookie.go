package httpapi

import (
	"strings"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/cookie"
)

var errForeign = fault.New(fault.Denied, "origin_not_allowed", "a login in a cookie is for pages of this server only")

// token returns the token of a request: that in the header, or else that in the
// cookie, which only counts if nobody else can have had it sent.
func (a *api) token(c *call) (string, error) {
	header := c.Header.Get("Authorization")
	if header == "" {
		if token := a.Cookies.Token(c.Request); token != "" {
			if !a.Cookies.Trusts(c.Request) {
				return "", errForeign
			}
			c.byCookie = true
			return token, nil
		}
	}
	if header == "" || !isASCII(header) {
		return "", fault.New(fault.Unauthenticated, "missing_token", "the header Authorization is missing")
	}
	token, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return "", fault.New(fault.Unauthenticated, "invalid_format", "the header Authorization must begin with Bearer")
	}
	return token, nil
}

// mayAsk refuses pages of others that want a cookie: they could log somebody in
// as whom they like.
func (a *api) mayAsk(c *call) error {
	if cookie.Asked(c.Request) && a.Cookies.Foreign(c.Request) {
		return errForeign
	}
	return nil
}

// begun hands out the token of a login: in the cookie to who wants that.
func (a *api) begun(c *call, body clientv1.SessionBody, err error) (any, error) {
	if err == nil {
		a.hand(c, &body.Token, body.Session.ExpiresAt.Time)
	}
	return body, err
}

// extended does the same for a login that goes on.
func (a *api) extended(c *call, body clientv1.TokenBody, err error) (any, error) {
	if err == nil {
		a.hand(c, &body.Token, body.ExpiresAt.Time)
	}
	return body, err
}

// hand moves the token into the cookie if it belongs there. A script must not
// get hold of a token by a cookie that it cannot read.
func (a *api) hand(c *call, token *string, expires time.Time) {
	if c.byCookie || cookie.Asked(c.Request) {
		a.Cookies.Set(c.w.Header(), c.Request, *token, expires)
		*token = ""
	}
}

// ended answers who ended the own login. Its cookie is of no use any more, and
// neither if the login was over before.
func (a *api) ended(c *call, err error) (any, error) {
	if err == nil {
		a.drop(c)
	}
	return success, err
}

// drop takes the cookie away if that is what the request came with.
func (a *api) drop(c *call) {
	if c.byCookie {
		a.Cookies.Clear(c.w.Header(), c.Request)
	}
}

// refuse answers with an error. It takes a cookie away that is of no use.
func (a *api) refuse(rec *recorder, c *call, err error) {
	if fault.KindOf(err) == fault.Unauthenticated {
		a.drop(c)
	}
	a.fail(rec, err)
}
