package e2e

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"

	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// Old clients of both kinds do all that 0.8 does, with each other.
func oldClientsTalk(t *testing.T, s *system) {
	for _, kind := range []struct {
		name     string
		ann, bob func(*testing.T, *cluster.Gateway) *oldClient
	}{
		{"TCPToWS", oldTCP, oldWS}, {"WSToTCP", oldWS, oldTCP}, {"TCPToTCP", oldTCP, oldTCP},
	} {
		t.Run(kind.name, func(t *testing.T) {
			ann, bob := kind.ann(t, s.first()), kind.bob(t, s.last())
			oldSession(t, ann, bob)
		})
	}
}

func oldSession(t *testing.T, ann, bob *oldClient) {
	bob.ping() // also before login
	annName, bobName := ann.registers(), bob.registers()
	annID, bobID := ann.id(), bob.id()
	ann.enters()
	bob.logsIn(bobName)
	bob.enters()
	ann.waits("user_online", `{"user_id":"`+bobID+`","username":"`+bobName+`"}`)

	hall := ann.ask(http.MethodPost, "/api/v1/rooms", `{"name":"old `+rand.Text()+`"}`, shape{"room": aRoom})["room"].(map[string]any)["id"].(string)
	bob.ask(http.MethodPost, "/api/v1/rooms/"+hall+"/join", "", shape{"room": aRoom})
	for _, c := range []*oldClient{ann, bob} {
		c.waits("user_joined_room", `{"room_id":"`+hall+`","user":{"id":"`+bobID+`"}}`)
	}
	bob.refused(http.MethodPost, "/api/v1/rooms/"+hall+"/join", "", "already_member")
	ann.ask(http.MethodGet, "/api/v1/rooms/"+hall+"/members", "", shape{"members": list(aMember), "total": aCount})

	ann.sends(`{"type":"room","room_id":"`+hall+`"}`, "good morning")
	bob.waits("message_received", `{"author_username":"`+annName+`","message":{"content":"good morning"}}`)
	bob.ping()
	bob.sends(`{"type":"room","room_id":"`+hall+`"}`, "and to you")
	ann.waits("message_received", `{"author_username":"`+bobName+`","message":{"content":"and to you"}}`)
	bob.sends(`{"type":"dm","recipient":"`+annID+`"}`, "psst")
	ann.waits("message_received", `{"message":{"content":"psst","target":{"type":"dm","recipient":"`+annID+`"}}}`)
	ann.sends(`{"type":"dm","recipient":"`+bobID+`"}`, "yes?")
	bob.waits("message_received", `{"message":{"content":"yes?","target":{"type":"dm","recipient":"`+bobID+`"}}}`)
	ann.ping()
	ann.wantHistory("room", hall, "and to you", "good morning")
	bob.wantHistory("direct_message", annID, "yes?", "psst")

	ann.say(`{"type":"send_message","target":{"type":"room","room_id":"%s"},"content":""}`, hall)
	ann.waits("send_message_response", `{"success":false,"error":{"code":"content_invalid"}}`)

	bob.ask(http.MethodPost, "/api/v1/auth/logout", "", shape{})
	bob.close()
	ann.waits("user_offline", `{"user_id":"`+bobID+`"}`)
	ann.ping()
	ann.ask(http.MethodPost, "/api/v1/auth/logout", "", shape{})
}

var aSession = shape{"user": aUser, "session": aLogin, "token": aString}

// registers makes a new user and returns its name.
func (c *oldClient) registers() string {
	c.t.Helper()
	name := "old_" + strings.ToLower(rand.Text()[:10])
	c.keep(c.ask(http.MethodPost, "/api/v1/auth/register",
		`{"username":"`+name+`","email":"`+name+`@example.com","password":"`+password+`"}`, aSession))
	return name
}

func (c *oldClient) logsIn(name string) {
	c.t.Helper()
	c.refused(http.MethodPost, "/api/v1/auth/login", `{"identifier":"`+name+`","password":"wrong"}`, "invalid_credentials")
	c.keep(c.ask(http.MethodPost, "/api/v1/auth/login", `{"identifier":"`+name+`","password":"`+password+`"}`, aSession))
}

func (c *oldClient) keep(session map[string]any) {
	c.token, c.self = session["token"].(string), session["user"].(map[string]any)
}

func (c *oldClient) id() string { return c.self["id"].(string) }

// enters authenticates and asks for what 0.8 shows first.
func (c *oldClient) enters() {
	c.t.Helper()
	c.say(`{"type":"authenticate","request_id":null,"token":"%s"}`, c.token)
	c.waits("authenticate_response", `{"success":true,"user":{"id":"`+c.id()+`"}}`)
	for _, first := range []struct {
		path  string
		shape shape
		later bool
	}{
		{path: "/api/v1/rooms", shape: shape{"rooms": list(aRoomItem), "has_more": aBool, "total_count": aCount}},
		{path: "/api/v1/users", shape: shape{
			"users": list(shape{"user": aUser, "online": aBool}.check), "has_more": aBool, "total_count": aCount,
		}},
		{path: "/api/v1/invitations", shape: shape{"invitations": list(anInvitation), "has_more?": aBool}, later: true},
	} {
		if first.later {
			if status, _ := c.request(http.MethodGet, first.path, ""); status == http.StatusNotFound {
				continue
			}
		}
		c.ask(http.MethodGet, first.path, "", first.shape)
	}
}

func (c *oldClient) sends(target, content string) {
	c.t.Helper()
	c.say(`{"type":"send_message","request_id":null,"target":%s,"content":"%s"}`, target, content)
	c.waits("send_message_response", `{"success":true,"message":{"content":"`+content+`"}}`)
}

// wantHistory checks what a conversation shows when it is opened: the newest
// first.
func (c *oldClient) wantHistory(kind, of string, contents ...string) {
	c.t.Helper()
	body := c.ask(http.MethodGet, "/api/v1/messages?target_type="+kind+"&target_id="+of+"&limit=50", "",
		shape{"messages": list(aMessage), "has_more": aBool})
	var got []string
	for _, m := range body["messages"].([]any) {
		got = append(got, m.(map[string]any)["content"].(string))
	}
	if strings.Join(got, "\n") != strings.Join(contents, "\n") {
		c.t.Errorf("the history is %q, want %q", got, contents)
	}
}
