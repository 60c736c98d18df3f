package httpapi

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/limit"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// admit finds out who calls and takes a token for the request. A token of the
// login that is not valid counts for the address: trying them is not free.
func (a *api) admit(rec *recorder, c *call, need access) error {
	tier := quota.Route(c.Pattern)
	if tier == quota.Auth {
		if err := a.charge(rec, tier, id.User{}, c.Request); err != nil {
			return err
		}
		if err := a.mayAsk(c); err != nil {
			return err
		}
	}
	if need == members {
		if err := a.authenticate(c); err != nil {
			if tier == quota.Auth {
				return err
			}
			return cmp.Or(a.charge(rec, quota.Requests, id.User{}, c.Request), err)
		}
		rec.user = c.who.User
	}
	if tier == quota.Auth {
		return nil
	}
	return a.charge(rec, tier, c.who.User, c.Request)
}

// charge takes a token and says in the headers what is left.
func (a *api) charge(rec *recorder, t quota.Tier, user id.User, r *http.Request) error {
	if a.Quota == nil || t == quota.Free {
		return nil
	}
	who := quota.From(a.Address(r))
	who.User = user
	v, err := a.Quota.Take(t, who)
	if v.Limit > 0 {
		h := rec.Header()
		h.Set("X-RateLimit-Limit", strconv.Itoa(v.Limit))
		h.Set("X-RateLimit-Remaining", strconv.Itoa(v.Remaining))
		h.Set("X-RateLimit-Reset", strconv.Itoa(limit.Seconds(v.Reset)))
	}
	return err
}

// limited answers who did too much.
func limited(w http.ResponseWriter, e *quota.Refused) {
	w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter()))
	write(w, http.StatusTooManyRequests, clientv1.ErrorBody{Error: clientv1.Error{
		Code: "rate_limited", Message: e.Error(),
		Details: &clientv1.ErrorDetails{RetryAfter: e.RetryAfter(), Limit: e.Limit},
	}})
}
