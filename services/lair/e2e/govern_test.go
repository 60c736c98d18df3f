package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// What those do who govern a room. The scenarios share one system.
func TestGovern(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"InvitationOpensAPrivateRoom", invitationOpensAPrivateRoom},
			{"WhoIsKickedHearsThatAndNothingMore", whoIsKickedHearsNothingMore},
			{"MutedAndModeratedAreSilent", mutedAndModeratedAreSilent},
			{"DeletedRoomIsGoneForEverybody", deletedRoomIsGone},
			{"WhoIsBlockedIsNotHeard", whoIsBlockedIsNotHeard},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

// call makes a request of the API and returns the status and the code of a
// refusal; the answer goes into v, if that is not nil.
func (p *person) call(t *testing.T, method, path string, body, v any) (int, string) {
	t.Helper()
	text := []byte{}
	if body != nil {
		var err error
		text, err = json.Marshal(body)
		must(t, err)
	}
	req, err := http.NewRequestWithContext(soon(t), method, p.gateway.HTTP+"/api/v1/"+path, bytes.NewReader(text))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+p.Token())
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close() // it is read
	var refusal clientv1.ErrorBody
	if res.StatusCode < 300 {
		if v == nil {
			v = &refusal
		}
		must(t, json.NewDecoder(res.Body).Decode(v))
		return res.StatusCode, ""
	}
	must(t, json.NewDecoder(res.Body).Decode(&refusal))
	return res.StatusCode, refusal.Error.Code
}

// done is call for what must succeed.
func (p *person) done(t *testing.T, method, path string, body, v any) {
	t.Helper()
	if status, code := p.call(t, method, path, body, v); code != "" {
		t.Fatalf("%s %s: %d %s", method, path, status, code)
	}
}

func invitationOpensAPrivateRoom(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann)
	ann.done(t, "PATCH", "rooms/"+hall.String(), clientv1.UpdateRoomBody{Settings: &clientv1.SettingsRequest{Public: new(false)}}, nil)
	if _, err := bob.JoinRoom(soon(t), hall); lair.Code(err) != "room_private" {
		t.Errorf("joined a private room: %v", err)
	}
	// An old client is told as well.
	old, err := lair.Dial(soon(t), lair.Options{Address: bob.gateway.TCP, Token: bob.Token(), Features: []string{}})
	must(t, err)
	t.Cleanup(func() { must(t, old.Close(context.Background())) })
	a, b := ann.ws(t), bob.ws(t)
	var made clientv1.InvitationBody
	room, user := hall.String(), bob.ID.String()
	ann.done(t, "POST", "invitations", clientv1.InviteBody{RoomID: &room, UserID: &user}, &made)
	for _, l := range []*link{b, {old, t}} {
		got := event[clientv1.InvitationEvent](l)
		if got.Type != clientv1.TypeInvitationReceived || got.Invitation.ID != made.Invitation.ID ||
			got.Invitation.InviterName != ann.Username || got.Invitation.InviteeName != bob.Username || got.Invitation.RoomName == "" {
			t.Errorf("got %+v", got)
		}
	}
	bob.done(t, "POST", "invitations/"+made.Invitation.ID.String()+"/accept", nil, nil)
	if got := event[clientv1.InvitationEvent](a); got.Type != clientv1.TypeInvitationChanged || got.Invitation.Status != "accepted" {
		t.Errorf("got %+v", got)
	}
	a.say(clientv1.ToRoom(hall), "welcome")
	b.hears(hall.Conversation(), "welcome")
	(&link{old, t}).hears(hall.Conversation(), "welcome")
}

func whoIsKickedHearsNothingMore(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall, den := room(t, ann, bob), room(t, ann, bob)
	a, b := ann.tcp(t), bob.ws(t)
	members := "rooms/" + hall.String() + "/members/"
	ann.done(t, "PUT", members+bob.ID.String()+"/role", clientv1.RoleBody{Role: new("moderator")}, nil)
	if got := event[clientv1.MemberRoleChanged](b); got.UserID != bob.ID || got.NewRole != "moderator" || got.Username != bob.Username {
		t.Errorf("got %+v", got)
	}
	if _, code := bob.call(t, "DELETE", members+ann.ID.String(), nil, nil); code != "permission_denied" {
		t.Errorf("a moderator kicks an owner: %q", code)
	}
	ann.done(t, "DELETE", members+bob.ID.String(), nil, nil)
	a.say(clientv1.ToRoom(hall), "after")
	a.say(clientv1.ToRoom(den), "elsewhere")
	if got := event[clientv1.UserLeftRoom](b); got.UserID != bob.ID || got.Reason != "kicked" {
		t.Errorf("got %+v", got)
	}
	if m := event[clientv1.MessageReceived](b); m.Message.Content != "elsewhere" {
		t.Errorf("who was kicked hears %q", m.Message.Content)
	}
	if _, err := b.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "still here"}); lair.Code(err) != "not_room_member" {
		t.Errorf("who was kicked sends: %v", err)
	}
	ann.done(t, "PUT", "rooms/"+hall.String()+"/bans/"+bob.ID.String(), nil, nil)
	if _, err := bob.JoinRoom(soon(t), hall); lair.Code(err) != "user_banned" {
		t.Errorf("who is banned joins: %v", err)
	}
	ann.done(t, "DELETE", "rooms/"+hall.String()+"/bans/"+bob.ID.String(), nil, nil)
	_, err := bob.JoinRoom(soon(t), hall)
	must(t, err)
}

func mutedAndModeratedAreSilent(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	b := bob.tcp(t)
	say := func(want string) {
		t.Helper()
		if _, err := b.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "hm"}); lair.Code(err) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	say("")
	mute := "rooms/" + hall.String() + "/members/" + bob.ID.String() + "/mute"
	ann.done(t, "PUT", mute, nil, nil)
	say("permission_denied")
	ann.done(t, "DELETE", mute, nil, nil)
	say("")
	ann.done(t, "PATCH", "rooms/"+hall.String(), clientv1.UpdateRoomBody{Settings: &clientv1.SettingsRequest{Moderated: new(true)}}, nil)
	say("permission_denied")
	ann.done(t, "PUT", "rooms/"+hall.String()+"/members/"+bob.ID.String()+"/role", clientv1.RoleBody{Role: new("moderator")}, nil)
	say("")
}

func deletedRoomIsGone(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	a, b := ann.tcp(t), bob.ws(t)
	a.say(clientv1.ToRoom(hall), "before")
	b.hears(hall.Conversation(), "before")
	have := b.Positions()
	must(t, b.Close(soon(t)))
	b = bob.ws(t)
	ann.done(t, "DELETE", "rooms/"+hall.String(), nil, nil)
	for _, l := range []*link{a, b, bob.tcp(t, have)} { // the last one was away
		if got := event[clientv1.RoomDeleted](l); got.RoomID != hall || got.DeletedBy != ann.ID {
			t.Errorf("got %+v", got)
		}
	}
	if _, err := a.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "hm"}); lair.Code(err) != "not_room_member" {
		t.Errorf("sent to no room: %v", err)
	}
	if _, err := bob.JoinRoom(soon(t), hall); lair.Code(err) != "room_not_found" {
		t.Errorf("joined no room: %v", err)
	}
	page, err := bob.Sync(soon(t), lair.Positions{}, 10)
	must(t, err)
	for _, c := range page.Conversations {
		if c.ID == hall.Conversation() && !c.Left {
			t.Errorf("still in %+v", c)
		}
	}
}

func whoIsBlockedIsNotHeard(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	a, b := ann.ws(t), bob.tcp(t)
	a.say(clientv1.ToUser(bob.ID), "one")
	b.hears(id.Direct(ann.ID, bob.ID), "one")
	bob.done(t, "PUT", "users/me/blocks/"+ann.ID.String(), nil, nil)
	if _, err := a.Send(soon(t), lair.Draft{Target: clientv1.ToUser(bob.ID), Content: "two"}); lair.Code(err) != "user_blocked" {
		t.Errorf("who is blocked sends: %v", err)
	}
	bob.done(t, "DELETE", "users/me/blocks/"+ann.ID.String(), nil, nil)
	a.say(clientv1.ToUser(bob.ID), "three")
	b.hears(id.Direct(ann.ID, bob.ID), "three")
}
