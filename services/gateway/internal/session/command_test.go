package session_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
	"github.com/lair-chat/lair/services/gateway/internal/hub"
)

// asks plays an answer and keeps what was asked, by whom.
type asks[Q proto.Message] struct {
	mu   sync.Mutex
	reqs []Q
	by   []rpc.Actor
}

func play[Q, R proto.Message](w *world, answer R) *asks[Q] {
	a := &asks[Q]{}
	backendtest.On(w.Services, func(ctx context.Context, req Q) (R, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		actor, _ := rpc.ActorFrom(ctx)
		a.reqs, a.by = append(a.reqs, req), append(a.by, actor)
		return answer, nil
	})
	return a
}

// last returns the newest question, which ann must have asked.
func (a *asks[Q]) last(t *testing.T) Q {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.reqs) == 0 {
		t.Fatal("nothing was asked")
	}
	if by := a.by[len(a.by)-1]; by.User != ann || by.Session != annLogin {
		t.Errorf("%v asked", by)
	}
	return a.reqs[len(a.reqs)-1]
}

func (a *asks[Q]) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.reqs)
}

// ask says a command and reads its answer.
func (c *client) ask(command, want string) {
	c.t.Helper()
	c.say("%s", command)
	c.want(want)
}

func TestRoomsAreAskedForAndShown(t *testing.T) {
	run(t, func(w *world) {
		room := &eventv1.Room{Id: hall.Bytes(), Name: "hall", OwnerId: bob.Bytes()}
		member := &roomv1.Member{RoomId: hall.Bytes(), UserId: ann.Bytes(), Role: eventv1.Role_ROLE_MEMBER}
		create := play[*roomv1.CreateRoomRequest](w, &roomv1.CreateRoomResponse{Room: room})
		get := play[*roomv1.GetRoomRequest](w, &roomv1.GetRoomResponse{Room: room, Membership: member, MemberCount: 7})
		list := play[*roomv1.ListRoomsRequest](w, &roomv1.ListRoomsResponse{})
		join := play[*roomv1.JoinRoomRequest](w, &roomv1.JoinRoomResponse{Room: room, Membership: member})
		leave := play[*roomv1.LeaveRoomRequest](w, &roomv1.LeaveRoomResponse{})
		c := w.enter("ann", "")
		c.ask(`{"type":"create_room","name":"hall","description":"talk","settings":{"public":false,"max_members":10}}`,
			`{"type":"create_room_response","success":true,"room":{"name":"hall"},"member_count":null}`)
		if q := create.last(t); q.GetName() != "hall" || q.GetDescription() != "talk" || !q.GetIsPrivate() || q.GetMaxMembers() != 10 {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"create_room","name":"hall"}`, `{"success":true}`)
		if q := create.last(t); q.Description != nil || q.GetIsPrivate() || q.GetMaxMembers() != 0 {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"get_room","room_id":"`+hall.String()+`"}`,
			`{"success":true,"room":{"name":"hall"},"membership":{"role":"member"},"member_count":7}`)
		if q := get.last(t); string(q.GetRoomId()) != string(hall.Bytes()) {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"list_rooms"}`, `{"success":true,"rooms":[],"has_more":false,"total_count":0}`)
		c.ask(`{"type":"list_rooms","filter":{"search":"ha","joined_only":true,"public_only":true},"limit":7,"offset":3}`, `{"success":true}`)
		if q := list.last(t); q.GetSearch() != "ha" || !q.GetJoinedOnly() || !q.GetPublicOnly() || q.GetLimit() != 7 || q.GetOffset() != 3 {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"join_room","room_id":"`+hall.String()+`"}`, `{"success":true,"room":{"name":"hall"},"membership":{"role":"member"}}`)
		c.ask(`{"type":"leave_room","room_id":"`+hall.String()+`"}`, `{"type":"leave_room_response","success":true}`)
		if join.count() != 1 || leave.count() != 1 {
			t.Errorf("%d joins and %d leaves", join.count(), leave.count())
		}
		c.Close()
	})
}

func TestUsersAreAskedForAndShown(t *testing.T) {
	run(t, func(w *world) {
		list := play[*authv1.ListUsersRequest](w, &authv1.ListUsersResponse{Users: []*authv1.User{person(bob)}, Total: 1})
		play[*presencev1.OnlineRequest](w, &presencev1.OnlineResponse{UserIds: [][]byte{ann.Bytes(), bob.Bytes()}, Total: 2})
		c := w.enter("ann", "")
		c.ask(`{"type":"get_user","user_id":"`+bob.String()+`"}`, `{"success":true,"user":{"username":"bob"}}`)
		c.ask(`{"type":"get_current_user"}`, `{"success":true,"user":{"username":"ann","email":"ann@example.com"}}`)
		c.say(`{"type":"list_users","filter":{"search":"bo"},"limit":7}`)
		if text := c.next(); !strings.Contains(string(text), fmt.Sprintf(`"online_user_ids":[%q,%q],"has_more":false,"total_count":1}`, ann, bob)) {
			t.Errorf("got %s", text)
		}
		if q := list.last(t); q.GetSearch() != "bo" || q.GetLimit() != 7 {
			t.Errorf("asked %v", q)
		}
		c.ask(`{"type":"list_users","filter":{"search":"bo","online_only":true},"limit":7,"offset":1}`, `{"success":true,"has_more":false,"total_count":1}`)
		if q := list.last(t); q.GetSearch() != "bo" || len(q.GetUserIds()) != 2 || q.GetLimit() != 7 || q.GetOffset() != 1 {
			t.Errorf("asked %v", q)
		}
		backendtest.Fail[*presencev1.OnlineRequest](w.Services, errDown)
		c.ask(`{"type":"list_users"}`, `{"success":true,"online_user_ids":null,"total_count":1}`)
		play[*authv1.ListUsersRequest](w, &authv1.ListUsersResponse{})
		c.say(`{"type":"list_users"}`)
		if text := c.next(); !strings.Contains(string(text), `"users":[]`) {
			t.Errorf("got %s", text)
		}
		c.Close()
	})
}

func TestARefusalHasACodeAndNoPayload(t *testing.T) {
	run(t, func(w *world) {
		refusal := func(code string) error { return fault.New(fault.NotFound, code, "no") }
		backendtest.Fail[*roomv1.CreateRoomRequest](w.Services, refusal("room_name_taken"))
		backendtest.Fail[*roomv1.GetRoomRequest](w.Services, refusal("room_not_found"))
		backendtest.Fail[*roomv1.JoinRoomRequest](w.Services, refusal("room_not_found"))
		backendtest.Fail[*roomv1.LeaveRoomRequest](w.Services, refusal("not_room_member"))
		backendtest.Fail[*messagev1.ListMessagesRequest](w.Services, refusal("not_room_member"))
		backendtest.Fail[*roomv1.ListRoomsRequest](w.Services, errDown)
		backendtest.Fail[*authv1.ListUsersRequest](w.Services, errDown)
		backendtest.On(w.Services, func(context.Context, *authv1.GetUsersRequest) (*authv1.GetUsersResponse, error) {
			return &authv1.GetUsersResponse{}, nil
		})
		c := w.enter("ann", "")
		room, user := `"room_id":"`+hall.String()+`"`, `"user_id":"`+bob.String()+`"`
		for command, want := range map[string]string{
			`"create_room","name":"hall"`:                          `"error":{"code":"room_name_taken"},"room":null`,
			`"get_room",` + room:                                   `"error":{"code":"not_found"},"room":null,"member_count":0`,
			`"get_room","room_id":"hall"`:                          `"error":{"code":"validation_failed"},"member_count":0`,
			`"join_room",` + room:                                  `"error":{"code":"room_not_found"},"room":null,"membership":null`,
			`"join_room","room_id":""`:                             `"error":{"code":"validation_failed"}`,
			`"leave_room",` + room:                                 `"error":{"code":"not_room_member"}`,
			`"leave_room","room_id":"x"`:                           `"error":{"code":"validation_failed"}`,
			`"get_user",` + user:                                   `"error":{"code":"not_found"},"user":null`,
			`"get_user","user_id":"bob"`:                           `"error":{"code":"validation_failed"},"user":null`,
			`"list_rooms"`:                                         `"error":{"code":"unavailable"},"rooms":null,"has_more":false,"total_count":0`,
			`"list_users"`:                                         `"error":{"code":"unavailable"},"users":null,"online_user_ids":null,"has_more":false,"total_count":0`,
			`"get_messages","target":{"type":"room",` + room + `}`: `"error":{"code":"not_room_member"},"messages":null,"has_more":false`,
			`"get_messages","target":{"type":"room",` + room + `},"before":"noon"`: `"error":{"code":"validation_failed"},"messages":null`,
		} {
			c.ask(`{"type":`+command+`}`, `{"success":false,`+want+`}`)
		}
		c.Close()
	})
}

// messages of the size are such that their JSON is six times as large.
func messages(n, size int) *messagev1.ListMessagesResponse {
	res := &messagev1.ListMessagesResponse{}
	for seq := n; seq > 0; seq-- {
		res.Messages = append(res.Messages, &eventv1.Message{
			Id: id.New().Bytes(), ConversationId: hall.Bytes(), Seq: int64(seq), Content: []byte(strings.Repeat("\x01", size)),
		})
	}
	return res
}

func TestMessagesThatDoNotFitIntoAFrameAreLeftToTheNextPage(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		for bound, newest := range map[string]bool{
			``: true, `,"before_seq":101`: true, `,"before":"2026-02-19T12:00:00Z"`: true,
			`,"after_seq":0`: false, `,"after":"2026-02-19T12:00:00Z"`: false,
		} {
			play[*messagev1.ListMessagesRequest](w, messages(100, 4096))
			c.say(`{"type":"get_messages","limit":100,"target":{"type":"room","room_id":%q}%s}`, hall, bound)
			text := c.next()
			if len(text) > frame.MaxPayload || len(text) < frame.MaxPayload/4 {
				t.Errorf("%s: a frame of %d bytes", bound, len(text))
			}
			if got := contains(text, `{"success":true,"has_more":true}`); !got {
				t.Errorf("%s: got %.100s", bound, text)
			}
			first, last := strings.Contains(string(text), `"seq":1}`), strings.Contains(string(text), `"seq":100}`)
			if first == newest || last != newest {
				t.Errorf("%s: the oldest is there: %v, the newest: %v", bound, first, last)
			}
		}
		play[*messagev1.ListMessagesRequest](w, messages(100, 10))
		c.say(`{"type":"get_messages","target":{"type":"room","room_id":%q}}`, hall)
		text := string(c.next())
		if n := strings.Count(text, `"seq":`); n != 50 || !strings.Contains(text, `"has_more":true`) {
			t.Errorf("%d messages came", n)
		}
		play[*messagev1.ListMessagesRequest](w, messages(0, 0))
		c.say(`{"type":"get_messages","target":{"type":"room","room_id":%q}}`, hall)
		if text := string(c.next()); !strings.Contains(text, `"messages":[],"has_more":false}`) {
			t.Errorf("got %s", text)
		}
		c.Close()
	})
}

func typing(c id.Conversation) string {
	return fmt.Sprintf(`{"type":"typing","target":{"type":"room","room_id":%q}}`, c)
}

func TestTypingIsPassedOnNowAndThen(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 0)
		w.room(attic, 0)
		w.room(id.Direct(ann, bob), 0)
		told := play[*presencev1.TypingRequest](w, &presencev1.TypingResponse{})
		c := w.enter("ann", "")
		n := 0
		want := func(wait time.Duration, text string, passed bool) {
			t.Helper()
			time.Sleep(wait)
			c.say("%s", text)
			if passed {
				n++
			}
			if got := told.count(); got != n {
				t.Fatalf("typing was passed on %d times, want %d", got, n)
			}
		}
		want(0, typing(hall), true)
		want(0, typing(hall), false)
		want(2999*time.Millisecond, typing(hall), false)
		want(time.Millisecond, typing(hall), true)
		want(499*time.Millisecond, typing(attic), false) // anywhere
		want(time.Millisecond, typing(attic), true)
		want(time.Minute, typing(cellar), false) // ann is no part of it
		want(0, fmt.Sprintf(`{"type":"typing","target":{"type":"dm","recipient":%q}}`, bob), true)
		if q := told.last(t); string(q.GetRecipientId()) != string(bob.Bytes()) || string(q.GetConversationId()) != string(id.Direct(ann, bob).Bytes()) {
			t.Errorf("told %v", q)
		}
		w.leave(hall)
		c.want(`{"type":"user_left_room"}`)
		want(time.Minute, typing(hall), false)
		backendtest.Fail[*presencev1.TypingRequest](w.Services, errDown)
		c.say("%s", typing(attic))
		c.wantOpen() // whatever comes of it, it has no answer
		c.Close()
	})
}

func TestTypingIsNotQueuedForWhoIsBusy(t *testing.T) {
	run(t, func(w *world) {
		w.room(hall, 0)
		c := w.enter("ann", "")
		bell := &eventv1.Bell{Typing: &eventv1.Typing{ConversationId: hall.Bytes(), UserId: bob.Bytes()}}
		w.ring(hub.Conversation(hall), bell)
		c.want(fmt.Sprintf(`{"type":"user_typing","user_id":%q}`, bob))
		c.change(func() { c.busy = true })
		w.ring(hub.Conversation(hall), bell)
		synctest.Wait()
		w.speak(hall)
		c.wantMessages(hall, 1, 1)
		c.wantNothing()
		c.Close()
	})
}
