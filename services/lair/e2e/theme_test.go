package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// What everybody relies on day by day. The scenarios share one system.
func TestEveryday(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"OneLoginIsGoodAtEveryDoor", oneLoginAtEveryDoor},
			{"InvitationReachesAnotherGateway", invitationReachesAnotherGateway},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

// A login over HTTP at one gateway is good on the sockets of another, stays so
// when it is refreshed, and others end when the password is changed.
func oneLoginAtEveryDoor(t *testing.T, s *system) {
	ann := register(t, s.first(), "ann")
	far := ann.at(t, s.last())
	if _, err := far.Login(soon(t), ann.Username, "not the password"); lair.Code(err) != "invalid_credentials" {
		t.Errorf("a wrong password: %v", err)
	}
	_, err := far.Login(soon(t), ann.Email, password)
	must(t, err)
	for _, l := range []*link{far.tcp(t), far.ws(t), ann.tcp(t), ann.ws(t)} {
		var who struct {
			User clientv1.User `json:"user"`
		}
		raw, err := l.Do(soon(t), clientv1.Command{Type: clientv1.TypeGetCurrentUser})
		must(t, err)
		must(t, json.Unmarshal(raw, &who))
		if who.User.ID != ann.ID || who.User.Email != ann.Email {
			t.Errorf("a socket is of %+v", who.User)
		}
	}
	_, err = far.Refresh(soon(t))
	must(t, err)
	socket := ann.tcp(t)
	far.done(t, "POST", "auth/change-password", clientv1.PasswordBody{CurrentPassword: new(password), NewPassword: new("another " + password)}, nil)
	far.done(t, "DELETE", "sessions", nil, nil) // all but this one
	for {
		if _, err := socket.Next(soon(t)); err != nil {
			if code := lair.Code(err); code != "session_revoked" && code != "session_not_found" {
				t.Errorf("the other login ends with %v", err)
			}
			break
		}
	}
	if _, err := ann.Me(soon(t)); lair.Code(err) != "session_not_found" {
		t.Errorf("the other login: %v", err)
	}
	_, err = far.Me(soon(t))
	must(t, err)
	if _, err := far.Login(soon(t), ann.Username, password); lair.Code(err) != "invalid_credentials" {
		t.Errorf("the old password: %v", err)
	}
	_, err = far.Login(soon(t), ann.Username, "another "+password)
	must(t, err)
}

// Who is invited is told on every socket, wherever it is and however old, and
// who invited is told what became of it.
func invitationReachesAnotherGateway(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann)
	a := ann.tcp(t)
	heard := []*link{bob.tcp(t), bob.ws(t), plainLink(t, bob, bob.gateway.TCP), plainLink(t, bob, bob.gateway.WS)}
	for _, answer := range []string{"declined", "cancelled", "accepted"} {
		raw, err := a.Do(soon(t), clientv1.Command{Type: clientv1.TypeInviteToRoom, RoomID: new(hall.String()), UserID: new(bob.ID.String())})
		must(t, err)
		var made clientv1.InvitationResponse
		must(t, json.Unmarshal(raw, &made))
		for _, l := range heard {
			got := event[clientv1.InvitationEvent](l)
			for got.Type == clientv1.TypeInvitationChanged { // of the one before
				got = event[clientv1.InvitationEvent](l)
			}
			if got.Invitation.ID != made.Invitation.ID || got.Invitation.Status != "pending" || got.Invitation.InviterName != ann.Username {
				t.Errorf("got %+v, want %v", got, made.Invitation.ID)
			}
		}
		which := new(made.Invitation.ID.String())
		switch answer {
		case "cancelled":
			ann.done(t, "DELETE", "invitations/"+*which, nil, nil)
		case "declined":
			_, err = heard[0].Do(soon(t), clientv1.Command{Type: clientv1.TypeDeclineInvitation, InvitationID: which})
		default:
			_, err = heard[1].Do(soon(t), clientv1.Command{Type: clientv1.TypeAcceptInvitation, InvitationID: which})
		}
		must(t, err)
		if got := event[clientv1.InvitationEvent](a); got.Invitation.ID != made.Invitation.ID || got.Invitation.Status != answer {
			t.Errorf("got %+v, want %s", got, answer)
		}
		_, err = heard[1].Do(soon(t), clientv1.Command{Type: clientv1.TypeAcceptInvitation, InvitationID: which})
		if lair.Code(err) != "invitation_expired" {
			t.Errorf("an answer after it was %s: %v", answer, err)
		}
	}
	a.say(clientv1.ToRoom(hall), "welcome")
	for _, l := range heard {
		l.hears(hall.Conversation(), "welcome")
	}
}

// plainLink connects as clients do that ask for no features.
func plainLink(t *testing.T, p *person, address string) *link {
	t.Helper()
	l, err := lair.Dial(soon(t), lair.Options{Address: address, Token: p.Token(), Features: []string{}})
	must(t, err)
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil && !errors.Is(err, lair.ErrClosed) {
			t.Error(err)
		}
	})
	return &link{l, t}
}

// Messages are counted for each user, whatever door they come through, and a
// refusal says when to try again.
func TestMessagesAreLimitedAtEveryDoor(t *testing.T) {
	for _, kind := range starters {
		t.Run(kind.name, func(t *testing.T) {
			s := begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
				o.Env = append(o.Env, "LAIR_LIMIT_MESSAGES=3", "LAIR_LIMIT_MESSAGES_BURST=3")
				return kind.start(ctx, o)
			})
			ann, bob := register(t, s.first(), "ann"), register(t, s.first(), "bob")
			say := func(content string) string {
				to := clientv1.Target{Type: "direct_message", Recipient: bob.ID.String()}
				_, code := ann.call(t, "POST", "messages", clientv1.SendBody{Target: &to, Content: &content}, nil)
				return code
			}
			socket := ann.tcp(t)
			send := clientv1.Command{Type: clientv1.TypeSendMessage, Target: new(clientv1.ToUser(bob.ID)), Content: new("over TCP")}
			_, err := socket.Do(soon(t), send)
			must(t, err)
			for range 2 {
				if code := say("over HTTP"); code != "" {
					t.Errorf("within the limit: %s", code)
				}
			}
			if code := say("too much"); code != "rate_limited" {
				t.Errorf("beyond the limit over HTTP: %q", code)
			}
			_, err = socket.Do(soon(t), send)
			refusal, ok := errors.AsType[*clientv1.Error](err)
			if !ok || refusal.Code != "rate_limited" || refusal.RetryAfter < 1 {
				t.Errorf("beyond the limit over TCP: %v", err)
			}
			if _, err := bob.Send(soon(t), lair.Draft{Target: clientv1.ToUser(ann.ID), Content: "I may"}); err != nil {
				t.Errorf("somebody else: %v", err)
			}
			if _, err := ann.Rooms(soon(t), lair.RoomsQuery{}); err != nil {
				t.Errorf("something else: %v", err)
			}
		})
	}
}
