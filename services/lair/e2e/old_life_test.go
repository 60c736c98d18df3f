package e2e

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// A room with terminal clients of 0.8 in it, from its making to the end: one
// after the other what its people see and press.
func oldClientsLiveInARoom(t *testing.T, s *system) {
	for _, kind := range []struct {
		name    string
		connect func(*testing.T, *cluster.Gateway) *oldClient
		other   func(*testing.T, *cluster.Gateway) *oldClient
	}{{"TCP", oldTCP, oldWS}, {"WS", oldWS, oldTCP}} {
		t.Run(kind.name, func(t *testing.T) { oldLife(t, s, kind.connect, kind.other) })
	}
}

func oldLife(t *testing.T, s *system, connect, other func(*testing.T, *cluster.Gateway) *oldClient) {
	ann, bob, cay := connect(t, s.first()), other(t, s.last()), connect(t, s.last())
	ann.registers()
	bobName, cayName := bob.registers(), cay.registers()
	cay.logsIn(cayName)
	for _, c := range []*oldClient{ann, bob, cay} {
		c.enters()
	}

	// Ann makes a room, which Bob finds and joins; he speaks there without being
	// asked whether he may.
	name := "old hall " + rand.Text()
	hall := ann.ask(http.MethodPost, "/api/v1/rooms", `{"name":"`+name+`"}`, shape{"room": aRoom})["room"].(map[string]any)["id"].(string)
	room := "/api/v1/rooms/" + hall
	target := `{"type":"room","room_id":"` + hall + `"}`
	bob.ask(http.MethodPost, room+"/join", "", shape{"room": aRoom})
	ann.waits("user_joined_room", `{"room_id":"`+hall+`","user":{"id":"`+bob.id()+`","username":"`+bobName+`"}}`)
	bob.sends(target, "hello")
	ann.waits("message_received", `{"author_username":"`+bobName+`","message":{"content":"hello","author":"`+bob.id()+`"}}`)

	// She invites Cay, who is told at another gateway, looks at her invitations
	// and accepts.
	invited := ann.ask(http.MethodPost, "/api/v1/invitations", `{"room_id":"`+hall+`","user_id":"`+cay.id()+`"}`,
		shape{"invitation": anInvitation})["invitation"].(map[string]any)["id"].(string)
	cay.waits("invitation_received", `{"invitation":{"id":"`+invited+`","room_name":"`+name+`","invitee_name":"`+cayName+`","status":"pending"}}`)
	listed := cay.ask(http.MethodGet, "/api/v1/invitations", "", shape{"invitations": list(anInvitation), "has_more?": aBool})["invitations"].([]any)
	if len(listed) != 1 || !has(listed[0].(map[string]any), map[string]any{"id": invited, "room_id": hall}) {
		t.Errorf("the invitations are %v", listed)
	}
	ann.refused(http.MethodPost, "/api/v1/invitations", `{"room_id":"`+hall+`","user_id":"`+cay.id()+`"}`, "already_invited")
	cay.ask(http.MethodPost, "/api/v1/invitations/"+invited+"/accept", "", shape{"membership": aMembership, "room": aRoom})
	for _, c := range []*oldClient{ann, bob} {
		c.waits("user_joined_room", `{"room_id":"`+hall+`","user":{"id":"`+cay.id()+`"}}`)
	}
	cay.wantHistory("room", hall, "hello")

	// The overlay of members acts on the line of the server's list that has the
	// number which it shows: owners first, then moderators, then members.
	ann.wantMembers(hall, ann, bob, cay)
	ann.ask(http.MethodPut, room+"/members/"+cay.id()+"/role", `{"role":"moderator"}`, shape{"member": aMember})
	for _, c := range []*oldClient{ann, bob, cay} {
		c.waits("member_role_changed", `{"user_id":"`+cay.id()+`","username":"`+cayName+`","old_role":"member","new_role":"moderator","changed_by":"`+ann.id()+`"}`)
	}
	ann.wantMembers(hall, ann, cay, bob)
	cay.refused(http.MethodDelete, room+"/members/"+ann.id(), "", "permission_denied")
	cay.refused(http.MethodPut, room+"/members/"+bob.id()+"/role", `{"role":"moderator"}`, "permission_denied")
	cay.ask(http.MethodDelete, room+"/members/"+bob.id(), "", shape{"success": aBool})
	for _, c := range []*oldClient{ann, bob, cay} {
		c.waits("user_left_room", `{"room_id":"`+hall+`","user_id":"`+bob.id()+`","reason":"kicked"}`)
	}
	bob.say(`{"type":"send_message","target":%s,"content":"still here?"}`, target)
	bob.waits("send_message_response", `{"success":false,"error":{"code":"not_room_member"}}`)
	ann.ask(http.MethodPut, room+"/members/"+cay.id()+"/role", `{"role":"member"}`, shape{"member": aMember})
	cay.waits("member_role_changed", `{"new_role":"member"}`)

	// Who is kicked is still written to.
	cay.sends(`{"type":"dm","recipient":"`+bob.id()+`"}`, "sorry")
	bob.waits("message_received", `{"author_username":"`+cayName+`","message":{"content":"sorry","target":{"type":"dm","recipient":"`+bob.id()+`"}}}`)

	// Bob's connection is lost. His client connects once more with the token that
	// it has, opens the room list and the talk, and goes on.
	bob.close()
	again := other(t, s.first())
	again.token, again.self = bob.token, bob.self
	again.enters()
	again.sends(`{"type":"dm","recipient":"`+cay.id()+`"}`, "never mind")
	cay.waits("message_received", `{"message":{"content":"never mind"}}`)
	again.wantHistory("direct_message", cay.id(), "never mind", "sorry")
	again.wantRoom(name, false)
	cay.wantRoom(name, true)

	for _, c := range []*oldClient{again, cay, ann} {
		c.ping()
		c.ask(http.MethodPost, "/api/v1/auth/logout", "", shape{})
		c.close()
	}
}

// wantMembers checks that the list has these people, in this order.
func (c *oldClient) wantMembers(room string, people ...*oldClient) {
	c.t.Helper()
	body := c.ask(http.MethodGet, "/api/v1/rooms/"+room+"/members", "", shape{"members": list(aMember), "total": aCount})
	var got, want []string
	for _, m := range body["members"].([]any) {
		got = append(got, m.(map[string]any)["user_id"].(string))
	}
	for _, p := range people {
		want = append(want, p.id())
	}
	if !slices.Equal(got, want) {
		c.t.Errorf("the members are %q, want %q", got, want)
	}
}

// wantRoom checks what the list of rooms, which is asked for without a word
// more, says of a room: it decides whether opening it joins it.
func (c *oldClient) wantRoom(name string, member bool) {
	c.t.Helper()
	body := c.ask(http.MethodGet, "/api/v1/rooms", "", shape{"rooms": list(aRoomItem), "has_more": aBool, "total_count": aCount})
	var names []string
	for _, item := range body["rooms"].([]any) {
		item := item.(map[string]any)
		key := strings.ToLower(item["room"].(map[string]any)["name"].(string))
		names = append(names, key)
		if key == strings.ToLower(name) && item["is_member"] != member {
			c.t.Errorf("is_member is %v", item["is_member"])
		}
	}
	if !slices.IsSorted(names) {
		c.t.Errorf("the rooms are %q", names)
	}
	if len(names) < 50 && !slices.Contains(names, strings.ToLower(name)) {
		c.t.Errorf("%q is not among %q", name, names)
	}
}
