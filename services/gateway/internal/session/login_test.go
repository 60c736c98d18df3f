package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
)

var errExpired = fault.New(fault.Unauthenticated, "session_expired", "it has expired")

func TestATokenLogsIn(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.say("%s", hello)
		c.say(`{"type":"authenticate","request_id":"a1","token":"ann"}`)
		c.want(`{"type":"authenticate_response","request_id":"a1","success":true,"error":null,"token":null,
			"user":{"id":"` + ann.String() + `","username":"ann","email":"ann@example.com"},"session":{"id":"` + annLogin.String() + `"}}`)
		w.set(func() {
			if w.here[ann] != 1 {
				t.Errorf("ann is here %d times", w.here[ann])
			}
		})
		c.Close()
	})
}

func TestAFailedLoginLeavesTheClientUnknown(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.say("%s", hello)
		for range 100 {
			c.say(`{"type":"authenticate","token":"nobody"}`)
			c.want(`{"type":"authenticate_response","success":false,"error":{"code":"invalid_token"},"user":null,"session":null}`)
		}
		w.set(func() { w.checks[annLogin] = errExpired })
		c.say(`{"type":"authenticate","token":"ann"}`)
		c.want(`{"success":false,"error":{"code":"session_expired"}}`)
		c.say(`{"type":"get_current_user"}`)
		c.want(`{"type":"error","code":"unauthorized"}`)
		w.gate.Revoke(annLogin) // does not concern this connection
		c.wantOpen()
		w.set(func() { clear(w.checks) })
		c.say(`{"type":"authenticate","token":"bob"}`)
		c.want(`{"success":true}`)
		w.gate.Revoke(annLogin)
		c.wantOpen()
		w.gate.Revoke(bobLogin)
		c.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		c.Close()
	})
}

func TestAPasswordLogsInAndGivesAToken(t *testing.T) {
	run(t, func(w *world) {
		var agents []string
		backendtest.On(w.Services, func(_ context.Context, req *authv1.LoginRequest) (*authv1.LoginResponse, error) {
			agents = append(agents, req.GetIdentifier()+req.GetPassword()+req.GetClient().GetUserAgent()+req.GetClient().GetAddress())
			return &authv1.LoginResponse{User: person(ann), Session: w.login(annLogin), Token: "new"}, nil
		})
		backendtest.On(w.Services, func(_ context.Context, req *authv1.RegisterRequest) (*authv1.RegisterResponse, error) {
			agents = append(agents, req.GetUsername()+req.GetEmail()+req.GetPassword()+req.GetClient().GetUserAgent())
			return &authv1.RegisterResponse{User: person(ann), Session: w.login(annLogin), Token: "new"}, nil
		})
		for _, command := range []string{
			`{"type":"login","request_id":"a2","identifier":"I","password":"P"}`,
			`{"type":"register","request_id":"a2","username":"U","email":"E","password":"P"}`,
		} {
			c := w.open()
			c.say(`{"type":"client_hello","version":"1.0","client_name":"N"}`)
			c.say("%s", command)
			c.want(`{"type":"` + typeOf(t, command) + `_response","request_id":"a2","success":true,"token":"new","user":{"username":"ann"},
				"session":{"id":"` + annLogin.String() + `"}}`)
			c.say(`{"type":"get_current_user"}`)
			c.want(`{"success":true}`)
			w.gate.Revoke(annLogin)
			c.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
			c.Close()
		}
		if len(agents) != 2 || agents[0] != "IPN192.0.2.1" || agents[1] != "UEPN" {
			t.Errorf("auth heard %q", agents)
		}
	})
}

func TestALockedAccountSaysWhenToTryAgain(t *testing.T) {
	run(t, func(w *world) {
		backendtest.Fail[*authv1.LoginRequest](w.Services, &fault.Error{
			Kind: fault.Denied, Code: "account_locked", Text: "no", Retry: 1500 * time.Millisecond,
		})
		c := w.open()
		c.say("%s", hello)
		c.say(`{"type":"login","identifier":"I","password":"P"}`)
		c.want(`{"success":false,"error":{"code":"account_locked","retry_after":2}}`)
		c.Close()
	})
}

func TestARefusedPasswordSaysWhy(t *testing.T) {
	run(t, func(w *world) {
		backendtest.Fail[*authv1.LoginRequest](w.Services, fault.New(fault.Unauthenticated, "invalid_credentials", "no"))
		backendtest.Fail[*authv1.RegisterRequest](w.Services, fault.New(fault.Conflict, "username_taken", "no"))
		c := w.open()
		c.say("%s", hello)
		for _, text := range early {
			c.say("%s", text)
		}
		for _, code := range []string{"invalid_token", "invalid_credentials", "username_taken"} {
			c.want(`{"success":false,"error":{"code":"` + code + `"},"token":null}`)
		}
		c.Close()
	})
}

// A login may be revoked at any moment, also while the services are asked
// about it, or right after they have confirmed it.
func TestALoginThatIsRevokedWhileItBeginsDoesNotLast(t *testing.T) {
	run(t, func(w *world) {
		backendtest.On(w.Services, func(ctx context.Context, req *authv1.CheckSessionRequest) (*authv1.CheckSessionResponse, error) {
			res, err := w.checkSession(ctx, req)
			w.gate.Revoke(annLogin)
			return res, err
		})
		c := w.open()
		c.say("%s", hello)
		c.Handle([]byte(`{"type":"authenticate","token":"ann"}`))
		c.wantEnd("session_revoked", clientv1.CloseSessionRevoked)
		c.Close()
	})
}

func TestWhoseConversationsCannotBeReadIsSentAway(t *testing.T) {
	run(t, func(w *world) {
		w.change(func() { w.down = fault.New(fault.Unavailable, "unavailable", "down") })
		c := w.open()
		c.say("%s", hello)
		c.last(`{"type":"authenticate","token":"ann"}`)
		c.wantEnd("unavailable", clientv1.CloseUnavailable)
		c.last(`{"type":"ping"}`)
		c.wantNothing()
		c.Close()
		w.change(func() { w.down = nil })
	})
}

func TestATokenThatCameWithTheRequestLogsIn(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.Authenticate(w.t.Context(), "nobody", nil)
		c.want(`{"type":"authenticate_response","success":false}`)
		c.say(`{"type":"get_current_user"}`)
		c.want(`{"type":"error","code":"unauthorized"}`)
		c.Authenticate(w.t.Context(), "ann", nil)
		c.want(`{"type":"authenticate_response","request_id":null,"success":true}`)
		c.say("%s", hello)
		c.want(`{"type":"error","code":"invalid_state"}`)
		c.Close()
	})
}
