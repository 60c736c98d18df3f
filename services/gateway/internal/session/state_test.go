package session_test

import (
	"testing"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// early and late are commands as they stand before and after login. The latter
// are answered with a response, or, as the services of the test refuse them,
// with a refusal: both prove that they were let through.
var (
	hello = `{"type":"client_hello","request_id":"r","version":"1.0"}`
	early = []string{
		`{"type":"authenticate","request_id":"r","token":"nobody"}`,
		`{"type":"login","request_id":"r","identifier":"ann","password":"x"}`,
		`{"type":"register","request_id":"r","username":"ann","email":"a","password":"x"}`,
	}
	late = []string{
		`{"type":"logout","request_id":"r"}`,
		`{"type":"resume","request_id":"r"}`,
		`{"type":"send_message","request_id":"r","target":{"type":"room","room_id":"` + hall.String() + `"},"content":"hi"}`,
		`{"type":"get_messages","request_id":"r","target":{"type":"room","room_id":"` + hall.String() + `"}}`,
		`{"type":"create_room","request_id":"r","name":"attic"}`,
		`{"type":"get_room","request_id":"r","room_id":"` + hall.String() + `"}`,
		`{"type":"list_rooms","request_id":"r"}`,
		`{"type":"join_room","request_id":"r","room_id":"` + hall.String() + `"}`,
		`{"type":"leave_room","request_id":"r","room_id":"` + hall.String() + `"}`,
		`{"type":"get_user","request_id":"r","user_id":"` + bob.String() + `"}`,
		`{"type":"list_users","request_id":"r"}`,
		`{"type":"get_current_user","request_id":"r"}`,
		`{"type":"typing","request_id":"r","target":{"type":"room","room_id":"` + hall.String() + `"}}`,
	}
)

func TestTheServerSpeaksFirst(t *testing.T) {
	run(t, func(w *world) {
		c := w.connect(frame.TCPPlain)
		c.want(`{"type":"server_hello","version":"1.0","server_name":"Lair Chat","features":["encryption","resume"],"encryption_required":false}`)
		c.wantOpen()
		c.Close()
	})
}

func TestBeforeTheHelloNothingElseIsUnderstood(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		for _, text := range append(early, late...) {
			c.say("%s", text)
			c.want(`{"type":"error","code":"unauthorized","request_id":"r"}`)
		}
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.say(`{`)
		c.want(`{"type":"error","code":"invalid_message"}`)
		c.say("%s", hello)
		c.wantOpen() // a hello that pleases has no answer
		c.Close()
	})
}

func TestBeforeLoginOnlyLoginsAreUnderstood(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.say("%s", hello)
		for _, text := range append(late, hello) {
			c.say("%s", text)
			c.want(`{"type":"error","code":"unauthorized","request_id":"r"}`)
		}
		for _, text := range early {
			c.say("%s", text)
			c.want(`{"request_id":"r","success":false}`)
		}
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.say(`{"type":"dance","request_id":"r"}`)
		c.want(`{"type":"error","code":"invalid_message","request_id":"r"}`)
		c.wantOpen()
		c.Close()
	})
}

func TestAfterLoginNobodyLogsInAgain(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		for _, text := range append(early, hello) {
			c.say("%s", text)
			c.want(`{"type":"error","code":"invalid_state","request_id":"r"}`)
		}
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.say(`{"type":"key_exchange","request_id":"r"}`)
		c.want(`{"type":"error","code":"invalid_message","request_id":"r"}`)
		c.Unsupported()
		c.want(`{"type":"error","code":"unsupported","request_id":null}`)
		c.wantOpen()
		c.Close()
	})
}

func TestResponsesHaveTheTypeAndTheRequestOfTheirCommand(t *testing.T) {
	run(t, func(w *world) {
		for _, text := range late {
			c := w.enter("ann", resume)
			var more bool
			if more = c.Handle([]byte(text)); more {
				for _, s := range w.sends {
					s.answer(1)
				}
			}
			w.set(func() { w.sends = nil })
			kind := typeOf(t, text)
			switch kind {
			case "typing": // has no response
			default:
				c.want(`{"type":"` + kind + `_response","request_id":"r"}`)
			}
			if more != (kind != "logout") {
				t.Errorf("%s: more may follow: %v", kind, more)
			}
			c.wantNothing()
			c.Close()
		}
	})
}

func TestAResponseWithoutARequestSaysSo(t *testing.T) {
	run(t, func(w *world) {
		c := w.enter("ann", "")
		c.say(`{"type":"get_current_user"}`)
		text := c.next()
		if !contains(text, `{"success":true,"user":{"username":"ann","email":"ann@example.com"}}`) || !hasKey(t, text, "request_id") {
			t.Errorf("got %s", text)
		}
		c.Close()
	})
}

func TestOnlyVersionOneIsSpoken(t *testing.T) {
	for version, fine := range map[string]bool{
		"1.0": true, "1.1": true, "1.": true, "1.99-beta": true,
		"1": false, "2.0": false, "10.0": false, "": false, "v1.0": false, "01.0": false,
	} {
		run(t, func(w *world) {
			c := w.open()
			text := `{"type":"client_hello","version":"` + version + `"}`
			if fine {
				c.say("%s", text)
				c.wantOpen()
			} else {
				c.last("%s", text)
				c.wantEnd("version_mismatch", clientv1.CloseVersion)
			}
			c.Close()
		})
	}
}

// wantDeadline checks how much time there is for the next message.
func (c *client) wantDeadline(want time.Duration) {
	c.t.Helper()
	if got := time.Until(c.Deadline()); got != want {
		c.t.Errorf("there are %v for the next message, want %v", got, want)
	}
}

func TestSilenceIsBoundedInEachState(t *testing.T) {
	run(t, func(w *world) {
		c := w.open()
		c.wantDeadline(30 * time.Second)
		time.Sleep(20 * time.Second)
		c.say(`{"type":"ping"}`)
		c.want(`{"type":"pong"}`)
		c.wantDeadline(10 * time.Second) // a hello must come, not just anything
		c.say("%s", hello)
		for range 5 {
			c.wantDeadline(time.Minute)
			time.Sleep(50 * time.Second)
		}
		c.wantDeadline(50 * time.Second) // five minutes in all
		time.Sleep(49 * time.Second)
		c.wantDeadline(time.Second)
		c.say(`{"type":"authenticate","token":"ann"}`)
		c.want(`{"success":true}`)
		for range 10 {
			c.wantDeadline(90 * time.Second)
			time.Sleep(89 * time.Second)
		}
		c.TimedOut()
		c.wantEnd("timeout", clientv1.CloseTimeout)
		c.Close()
	})
}

func TestARefusalEndsTheConnectionWithItsCode(t *testing.T) {
	for code, status := range map[string]int{
		clientv1.CodeTooLarge: 1009, clientv1.CodeNotUTF8: 1007, clientv1.CodeProtocol: 1002,
	} {
		run(t, func(w *world) {
			c := w.open()
			c.Refuse(code, "no")
			c.wantEnd(code, status)
			c.Close()
		})
	}
}
