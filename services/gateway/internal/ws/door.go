package ws

import (
	"encoding/json"
	"net/http"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/door"
	"github.com/lair-chat/lair/services/gateway/internal/policy"
)

// enter counts a connection, or refuses it.
func (h *Handler) enter(w http.ResponseWriter, address string) bool {
	if n := h.open.Add(1); h.Max > 0 && n > int64(h.Max) {
		h.open.Add(-1)
		h.Refused.Add(door.Gateway, address)
		refuse(w, http.StatusServiceUnavailable, clientv1.CodeCrowded, "this gateway has too many connections")
		return false
	}
	if !h.Door.Enter(address) {
		h.open.Add(-1)
		h.Refused.Add(door.Address, address)
		refuse(w, http.StatusServiceUnavailable, clientv1.CodeCrowded, "too many connections from this address")
		return false
	}
	h.Gauge.Add(1)
	return true
}

func (h *Handler) leave(address string) {
	h.open.Add(-1)
	h.Door.Leave(address)
	h.Gauge.Add(-1)
}

// carried returns the token in the cookie of a request, "" if there is none. Of
// pages of others that may connect the cookie does not count; from anything else
// than our own pages it is refused, since the browser adds it by itself.
func (h *Handler) carried(r *http.Request) (token string, ok bool) {
	token = h.Cookies.Token(r)
	switch {
	case token == "" || h.Cookies.Own(r):
		return token, true
	case h.Listed.Has(r.Header.Get("Origin")):
		return "", true
	}
	return "", false
}

// retryAfter is in seconds: long enough for some connections to end.
const retryAfter = "10"

// refuse answers as the HTTP API does.
func refuse(w http.ResponseWriter, status int, code, text string) {
	body, err := json.Marshal(clientv1.ErrorBody{Error: clientv1.Error{Code: code, Message: text}})
	if err != nil {
		panic(err) // two texts can always be encoded
	}
	policy.API(w.Header())
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away is no error
}
