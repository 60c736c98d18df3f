package quota

import (
	"strings"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Route returns the tier of a route of the HTTP API, given as in net/http. One
// that is new falls under the rule for all requests, or under that for messages
// if it changes them.
func Route(pattern string) Tier {
	method, path, _ := strings.Cut(pattern, " ")
	switch path {
	case "/health", "/ready":
		return Free
	case "/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/auth/refresh",
		"/api/v1/auth/change-password", "/api/v1/auth/reset-password":
		return Auth
	case "/api/v1/messages/read": // says nothing to anybody
		return Requests
	}
	if method != "GET" && (path == "/api/v1/messages" || strings.HasPrefix(path, "/api/v1/messages/")) {
		return Messages
	}
	return Requests
}

// Command returns the tier of a command on a socket.
func Command(kind string) Tier {
	switch kind {
	case clientv1.TypePing, clientv1.TypeClientHello, clientv1.TypeTyping:
		return Free // they cost nothing, and typing has its own measure
	case clientv1.TypeLogin, clientv1.TypeRegister:
		return Auth
	case clientv1.TypeSendMessage, "edit_message", "delete_message", "add_reaction", "remove_reaction":
		return Messages
	}
	return Requests
}
