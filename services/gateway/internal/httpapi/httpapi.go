// Package httpapi is the HTTP API for clients. The table in New is the list of
// routes; each handler reads what was asked, calls the backend and returns the
// body of the answer.
//
// Every answer that is not a success has the same form, {"error":{"code",
// "message"}}, also for paths and methods that are not there.
package httpapi

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend"
	"github.com/lair-chat/lair/services/gateway/internal/cookie"
	"github.com/lair-chat/lair/services/gateway/internal/origin"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// Authenticator says whose token it is.
type Authenticator interface {
	Authenticate(ctx context.Context, token string) (authn.Identity, error)
}

// Draft is a message that is to be sent: to a room or to a person.
type Draft struct {
	Room        id.Room
	Recipient   id.User
	Content     string
	ClientMsgID string // never empty
}

// Sender sends messages. It returns when the message is committed.
type Sender interface {
	Send(ctx context.Context, who authn.Identity, d Draft) (clientv1.Message, error)
}

// Syncer reads the events after the positions that a client names.
type Syncer interface {
	Sync(ctx context.Context, who authn.Identity, body clientv1.SyncBody) (clientv1.SyncResult, error)
}

// Needs is what the API is built from.
type Needs struct {
	Backend *backend.Backend
	Authn   Authenticator
	Sender  Sender
	Syncer  Syncer
	// Socket serves SocketPath; nil is none.
	Socket http.Handler
	// Ready says whether this process should get requests now. It must not
	// wait: anybody may ask, as often as it likes.
	Ready func(ctx context.Context) Readiness
	// Address returns the address of the client, for the list of sessions; nil
	// is the other end of the connection.
	Address  func(*http.Request) string
	Quota    *quota.Quota   // nil is no limits
	Origins  origin.Allowed // of web pages that may call
	Cookies  cookie.Jar
	Version  string
	Log      *slog.Logger
	Registry prometheus.Registerer
	Tracer   trace.Tracer // nil makes no spans
}

// SocketPath is where WebSockets begin.
const SocketPath = "/ws"

// timeout bounds a request, its body included.
const timeout = 30 * time.Second

type api struct {
	Needs
	mux  *http.ServeMux
	took *prometheus.HistogramVec
	old  oldMeters
}

// access says who may call a route.
type access bool

const (
	anybody access = false
	members access = true // who has a token
)

// New returns the handler of the API. It answers all paths.
func New(n Needs) http.Handler {
	if n.Address == nil {
		n.Address = remote
	}
	if n.Tracer == nil {
		n.Tracer = noop.Tracer{}
	}
	a := &api{Needs: n, mux: http.NewServeMux(), took: histogram(n.Registry), old: newOldMeters(n.Registry)}
	for _, r := range []struct {
		pattern string
		status  int
		access  access
		handle  func(*call) (any, error)
	}{
		{"GET /health", http.StatusOK, anybody, a.health},
		{"GET /ready", http.StatusOK, anybody, a.ready},
		{"POST /api/v1/auth/register", http.StatusCreated, anybody, a.register},
		{"POST /api/v1/auth/login", http.StatusOK, anybody, a.login},
		{"POST /api/v1/auth/logout", http.StatusOK, members, a.logout},
		{"POST /api/v1/auth/refresh", http.StatusOK, members, a.refresh},
		{"POST /api/v1/auth/change-password", http.StatusOK, members, a.changePassword},
		{"POST /api/v1/auth/reset-password", http.StatusOK, anybody, a.resetPassword},
		{"GET /api/v1/sessions", http.StatusOK, members, a.sessions},
		{"DELETE /api/v1/sessions", http.StatusOK, members, a.revokeOtherSessions},
		{"DELETE /api/v1/sessions/{session_id}", http.StatusOK, members, a.revokeSession},
		{"GET /api/v1/users/me", http.StatusOK, members, a.me},
		{"PATCH /api/v1/users/me", http.StatusOK, members, a.updateProfile},
		{"DELETE /api/v1/users/me", http.StatusOK, members, a.deleteAccount},
		{"GET /api/v1/users", http.StatusOK, members, a.users},
		{"GET /api/v1/users/{user_id}", http.StatusOK, members, a.user},
		{"POST /api/v1/rooms", http.StatusCreated, members, a.createRoom},
		{"GET /api/v1/rooms", http.StatusOK, members, a.rooms},
		{"GET /api/v1/rooms/{room_id}", http.StatusOK, members, a.room},
		{"POST /api/v1/rooms/{room_id}/join", http.StatusOK, members, a.join},
		{"POST /api/v1/rooms/{room_id}/leave", http.StatusOK, members, a.leave},
		{"GET /api/v1/rooms/{room_id}/members", http.StatusOK, members, a.members},
		{"PUT /api/v1/rooms/{room_id}/members/{user_id}/role", http.StatusOK, members, a.setRole},
		{"DELETE /api/v1/rooms/{room_id}/members/{user_id}", http.StatusOK, members, a.kick},
		{"PATCH /api/v1/rooms/{room_id}", http.StatusOK, members, a.updateRoom},
		{"DELETE /api/v1/rooms/{room_id}", http.StatusOK, members, a.deleteRoom},
		{"POST /api/v1/rooms/{room_id}/transfer", http.StatusOK, members, a.transfer},
		{"PUT /api/v1/rooms/{room_id}/members/{user_id}/mute", http.StatusOK, members, a.mute},
		{"DELETE /api/v1/rooms/{room_id}/members/{user_id}/mute", http.StatusOK, members, a.unmute},
		{"GET /api/v1/rooms/{room_id}/bans", http.StatusOK, members, a.bans},
		{"PUT /api/v1/rooms/{room_id}/bans/{user_id}", http.StatusOK, members, a.ban},
		{"DELETE /api/v1/rooms/{room_id}/bans/{user_id}", http.StatusOK, members, a.unban},
		{"POST /api/v1/invitations", http.StatusCreated, members, a.invite},
		{"GET /api/v1/invitations", http.StatusOK, members, a.invitations},
		{"POST /api/v1/invitations/{invitation_id}/accept", http.StatusOK, members, a.acceptInvitation},
		{"POST /api/v1/invitations/{invitation_id}/decline", http.StatusOK, members, a.declineInvitation},
		{"DELETE /api/v1/invitations/{invitation_id}", http.StatusOK, members, a.cancelInvitation},
		{"PUT /api/v1/users/me/blocks/{user_id}", http.StatusOK, members, a.block},
		{"DELETE /api/v1/users/me/blocks/{user_id}", http.StatusOK, members, a.unblock},
		{"POST /api/v1/messages", http.StatusCreated, members, a.send},
		{"GET /api/v1/messages", http.StatusOK, members, a.messages},
		{"POST /api/v1/messages/read", http.StatusOK, members, a.read},
		{"PATCH /api/v1/messages/{message_id}", http.StatusOK, members, a.editMessage},
		{"DELETE /api/v1/messages/{message_id}", http.StatusOK, members, a.deleteMessage},
		{"GET /api/v1/admin/stats", http.StatusOK, members, a.stats},
		{"POST /api/v1/admin/users/{user_id}/ban", http.StatusOK, members, a.banUser},
		{"DELETE /api/v1/admin/users/{user_id}/ban", http.StatusOK, members, a.unbanUser},
		{"POST /api/v1/admin/users/{user_id}/reset-password", http.StatusOK, members, a.createReset},
		{"POST /api/v1/admin/notices", http.StatusOK, members, a.notice},
		{"GET /api/v1/users/me/blocks", http.StatusOK, members, a.blocks},
		{"GET /api/v1/rooms/{room_id}/invitations", http.StatusOK, members, a.roomInvitations},
		{"GET /api/v1/admin/users/{user_id}", http.StatusOK, members, a.account},
		{"PUT /api/v1/admin/users/{user_id}/role", http.StatusOK, members, a.setUserRole},
		{"DELETE /api/v1/admin/rooms/{room_id}", http.StatusOK, members, a.removeRoom},
		{"GET /api/v1/admin/audit", http.StatusOK, members, a.audit},
		{"POST /api/v1/sync", http.StatusOK, members, a.sync},
	} {
		a.mux.Handle(r.pattern, a.route(r.status, r.access, r.handle))
	}
	if n.Socket != nil {
		a.mux.Handle("GET "+SocketPath, n.Socket) // so that other methods are told of it
	}
	a.describe()
	return http.HandlerFunc(a.serve)
}

// remote returns the address of the other end.
func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
