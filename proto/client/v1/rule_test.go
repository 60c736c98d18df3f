package clientv1_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// nullable are the only fields that a client of 0.8 takes null for.
var nullable = []string{"request_id", "last_seen_at", "description", "max_members", "message", "responded_at"}

// walk calls visit for every field of an object and of what is in it.
func walk(v any, visit func(object map[string]any, key string, value any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			visit(v, key, value)
			walk(value, visit)
		}
	case []any:
		for _, x := range v {
			walk(x, visit)
		}
	}
}

// encoded is what servers send: the golden files, and each type without a value.
func encoded(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, g := range goldens(t) {
		if server[g.kind] == nil {
			continue
		}
		text, err := json.Marshal(g.decode(t))
		if err != nil {
			t.Fatal(err)
		}
		all[g.name] = tree(t, text)
	}
	for kind, create := range server {
		text, err := json.Marshal(create())
		if err != nil {
			t.Fatal(err)
		}
		all[kind+" without a value"] = tree(t, text)
	}
	return all
}

func TestOnlyWhatMayBeNullIsNull(t *testing.T) {
	for name, v := range encoded(t) {
		if strings.HasPrefix(name, "server_hello without") {
			continue // the gateway always names its features
		}
		walk(v, func(_ map[string]any, key string, value any) {
			if value == nil && !slices.Contains(nullable, key) {
				t.Errorf("%s: %s is null", name, key)
			}
		})
	}
}

func TestResponsesSayWhichAndWhether(t *testing.T) {
	n := 0
	for name, v := range encoded(t) {
		kind, _, _ := strings.Cut(name, ".")
		kind, _, _ = strings.Cut(kind, " ")
		if !strings.HasSuffix(kind, "_response") || kind == clientv1.TypeResponse(clientv1.TypeKeyExchange) {
			continue
		}
		n++
		r := v.(map[string]any)
		if _, ok := r["request_id"]; !ok {
			t.Errorf("%s: there is no request_id", name)
		}
		success, ok := r["success"].(bool)
		if !ok {
			t.Errorf("%s: success is %v", name, r["success"])
		}
		_, failed := r["error"]
		if refused := strings.HasSuffix(name, ".refused"); failed != refused {
			t.Errorf("%s: error is %v", name, r["error"])
		}
		if failed && success {
			t.Errorf("%s: a success has an error", name)
		}
	}
	if n < 30 {
		t.Errorf("only %d responses were looked at", n)
	}
}

func TestResponsesSayHowManyEvenWhenRefused(t *testing.T) {
	for want, v := range map[string]any{
		`{"type":"","request_id":null,"success":false,"has_more":false}`:                 clientv1.MessagesResponse{},
		`{"type":"","request_id":null,"success":false,"has_more":false,"total_count":0}`: clientv1.UsersResponse{},
		`{"type":"","request_id":null,"success":false,"member_count":0}`:                 clientv1.RoomResponse{MemberCount: new(int)},
		`{"type":"","request_id":null,"success":true,"rooms":[],"has_more":false,"total_count":0}`: clientv1.RoomsResponse{
			Response: clientv1.Response{Success: true}, Rooms: []clientv1.RoomItem{},
		},
	} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if string(text) != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
}

func TestPeopleAlwaysHaveAnEMailField(t *testing.T) {
	n := 0
	for name, v := range encoded(t) {
		walk(v, func(object map[string]any, key string, _ any) {
			if key != "username" || object["role"] == nil {
				return
			}
			n++
			if _, ok := object["email"].(string); !ok {
				t.Errorf("%s: a user has the email %v", name, object["email"])
			}
		})
	}
	if n < 8 {
		t.Errorf("only %d users were looked at", n)
	}
}

func TestTimesHaveAnOffset(t *testing.T) {
	n := 0
	for name, v := range encoded(t) {
		walk(v, func(object map[string]any, key string, value any) {
			text, ok := value.(string)
			if !ok || (!strings.HasSuffix(key, "_at") && key != "server_time") {
				return
			}
			n++
			if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
				t.Errorf("%s: %s: %v", name, key, err)
			}
			// 0.8 writes these two so, and all others with a Z; an invitation's
			// expires_at has a sibling room_name.
			if offset := key == "expires_at" && object["room_name"] == nil || key == "server_time"; strings.HasSuffix(text, "+00:00") != offset {
				t.Errorf("%s: %s is %s", name, key, text)
			}
		})
	}
	if n < 30 {
		t.Errorf("only %d times were looked at", n)
	}
}

func TestTimesAreInUTC(t *testing.T) {
	cet := time.FixedZone("CET", 3600)
	at := time.Date(2026, 2, 19, 13, 0, 0, 500, cet)
	for want, v := range map[string]any{
		`"2026-02-19T12:00:00.0000005Z"`:      clientv1.Time{Time: at},
		`"2026-02-19T12:00:00.0000005+00:00"`: clientv1.Offset{Time: at},
		`"2026-02-19T12:00:00.000001Z"`:       clientv1.Micros(1771502400_000001),
	} {
		text, err := json.Marshal(v)
		if err != nil || string(text) != want {
			t.Errorf("got %s, %v, want %s", text, err, want)
		}
	}
}

func TestDirectMessagesAreCalledDM(t *testing.T) {
	for name, v := range encoded(t) {
		walk(v, func(object map[string]any, key string, _ any) {
			if key == "recipient" && object["type"] != "dm" {
				t.Errorf("%s: a target with a recipient has the type %v", name, object["type"])
			}
		})
	}
}
