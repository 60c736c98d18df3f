package frame_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

const (
	hall = "33333333-3333-4333-8333-333333333333"
	bob  = "55555555-5555-4555-8555-555555555555"
)

func goldenCommands(tb testing.TB) map[string]string {
	tb.Helper()
	paths, err := filepath.Glob("../../../../proto/client/v1/testdata/*.json")
	if err != nil || len(paths) == 0 {
		tb.Fatal(paths, err)
	}
	all := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".json")] = string(text)
	}
	return all
}

func TestGoldenCommandsAreUnderstoodAndFramesOfServersAreNot(t *testing.T) {
	understood := 0
	for name, text := range goldenCommands(t) {
		c, err := frame.Decode([]byte(text))
		kind, _, _ := strings.Cut(name, ".")
		switch {
		case err == nil && c.Type == kind:
			understood++
		case err == nil:
			t.Errorf("%s: read as %s", name, c.Type)
		case !strings.HasPrefix(err.Error(), "unknown type "+kind):
			t.Errorf("%s: %v", name, err)
		}
	}
	if understood != 29 {
		t.Errorf("%d commands were understood, want 29", understood)
	}
}

func TestACommandIsReadWhole(t *testing.T) {
	c, err := frame.Decode([]byte(`{"unknown":{"a":[1]},"content":"hi \u00e9","target":{"type":"dm","recipient":"` + bob +
		`","more":1},"request_id":"m1","client_msg_id":"c1","type":"send_message"}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &clientv1.Command{
		Type: clientv1.TypeSendMessage, RequestID: new("m1"), Content: new("hi é"), ClientMsgID: new("c1"),
		Target: &clientv1.Target{Type: clientv1.TargetDirect, Recipient: bob},
	}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
}

func TestWhatIsNotACommandIsRefused(t *testing.T) {
	room := `"target":{"type":"room","room_id":"` + hall + `"}`
	for text, want := range map[string]string{
		``:                                 "not JSON at byte 0",
		`{"type":"ping"`:                   "not JSON at byte 14",
		`{"type":"ping"}{`:                 "not JSON at byte 16",
		`ping`:                             "not JSON at byte 1",
		"{\"type\":\"pi\x00ng\"}":          "not JSON at byte 12",
		`[]`:                               "a message must be a JSON object",
		`"ping"`:                           "a message must be a JSON object",
		`7`:                                "a message must be a JSON object",
		`null`:                             "field type is missing",
		`{}`:                               "field type is missing",
		`{"type":null}`:                    "field type is missing",
		`{"type":7}`:                       "field type has the wrong type",
		`{"type":"dance"}`:                 "unknown type dance",
		`{"type":"d\u00e4nce\u0007"}`:      "unknown type d?nce?",
		"{\"type\":\"\xff\"}":              "a message must be UTF-8",
		`{"type":"key_exchange"}`:          "field public_key is missing",
		`{"type":"ping","request_id":1}`:   "field request_id has the wrong type",
		`{"type":"client_hello"}`:          "field version is missing",
		`{"type":"login"}`:                 "field identifier is missing",
		`{"type":"login","identifier":""}`: "field password is missing",
		`{"type":"register","username":"a","password":"b"}`:                                         "field email is missing",
		`{"type":"register","email":"a","password":"b"}`:                                            "field username is missing",
		`{"type":"register","email":"a","username":"b"}`:                                            "field password is missing",
		`{"type":"create_room"}`:                                                                    "field name is missing",
		`{"type":"get_room"}`:                                                                       "field room_id is missing",
		`{"type":"join_room","room_id":null}`:                                                       "field room_id is missing",
		`{"type":"leave_room"}`:                                                                     "field room_id is missing",
		`{"type":"get_user"}`:                                                                       "field user_id is missing",
		`{"type":"send_message",` + room + `}`:                                                      "field content is missing",
		`{"type":"send_message","content":"hi"}`:                                                    "field target is missing",
		`{"type":"typing","target":null}`:                                                           "field target is missing",
		`{"type":"get_messages"}`:                                                                   "field target is missing",
		`{"type":"typing","target":"` + hall + `"}`:                                                 "field target has the wrong type",
		`{"type":"typing","target":{"type":"room","room_id":"general"}}`:                            "field target is not valid",
		`{"type":"typing","target":{"type":"room"}}`:                                                "field target is not valid",
		`{"type":"typing","target":{"type":"dm","room_id":"` + hall + `"}}`:                         "field target is not valid",
		`{"type":"typing","target":{"type":"crowd","room_id":"` + hall + `"}}`:                      "field target is not valid",
		`{"type":"typing","target":{"type":"direct_message","recipient":"` + bob + `"}}`:            "target type must be room or dm",
		`{"type":"get_messages",` + room + `,"limit":-1}`:                                           "field limit has the wrong type",
		`{"type":"get_messages",` + room + `,"limit":4294967296}`:                                   "field limit has the wrong type",
		`{"type":"get_messages",` + room + `,"limit":1.5}`:                                          "field limit has the wrong type",
		`{"type":"get_messages",` + room + `,"limit":1e9999}`:                                       "field limit has the wrong type",
		`{"type":"get_messages",` + room + `,"after_seq":9223372036854775808}`:                      "field after_seq has the wrong type",
		`{"type":"client_hello","version":"1.0","features":"resume"}`:                               "field features has the wrong type",
		`{"type":"client_hello","version":"1.0","features":[1]}`:                                    "field features has the wrong type",
		`{"type":"list_rooms","filter":{"joined_only":"yes"}}`:                                      "field filter.joined_only has the wrong type",
		`{"type":"create_room","name":"a","settings":{"max_members":-1}}`:                           "field settings.max_members has the wrong type",
		`{"type":"resume","positions":{"` + hall + `":"7"}}`:                                        "field positions has the wrong type",
		`{"type":"resume","positions":{"general":7}}`:                                               "a field has a value that is not valid",
		`{"type":"client_hello","version":"1.0","client_name":"a\u0000"}`:                           "U+0000 is not allowed",
		`{"type":"ping","request_id":"a\u0000"}`:                                                    "U+0000 is not allowed",
		`{"type":"send_message",` + room + `,"content":"hi","content":7}`:                           "field content has the wrong type",
		`{"type":"ping","x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`:   "not JSON at byte 10019",
		`{"type":"ping","x":` + strings.Repeat(`{"a":`, 100_000) + strings.Repeat("}", 99_999) + ``: "not JSON at byte 50015",
		strings.Repeat("[", frame.MaxPayload):                                                       "not JSON at byte 10001",
	} {
		if _, err := frame.Decode([]byte(text)); err == nil || err.Error() != want || fault.CodeOf(err) != "invalid_message" {
			t.Errorf("%.90q\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestARefusalKeepsTheRequestID(t *testing.T) {
	for text, want := range map[string]*string{
		`{"type":"dance","request_id":"r1"}`:                                             new("r1"),
		`{"type":7,"request_id":"r1"}`:                                                   new("r1"),
		`{"type":"get_user","request_id":"r1"}`:                                          new("r1"),
		`{"type":"get_user","request_id":"r1","user_id":"\u0000"`:                        nil, // not JSON
		`{"type":"client_hello","request_id":"r1","version":"1","client_name":"\u0000"}`: new("r1"),
		`{"type":"dance","request_id":null}`:                                             nil,
		`{"type":"ping","request_id":5}`:                                                 nil,
		`{"type":"ping","request_id":{}}`:                                                nil,
		`{"type":"ping","request_id":["r1"],"content":{"a":"r2"}}`:                       nil,
		`{"request_id":"r1","type":"get_messages","limit":"twenty"`:                      nil, // not JSON
	} {
		c, err := frame.Decode([]byte(text))
		if err == nil {
			t.Errorf("%s was understood", text)
		}
		if d := cmp.Diff(want, c.RequestID); d != "" {
			t.Errorf("%s: %s", text, d)
		}
	}
}

func TestNullIsAsIfAbsent(t *testing.T) {
	for _, rest := range []string{
		``, `,"request_id":null,"client_name":null,"limit":null,"offset":null,"filter":null,"features":null,"settings":null`,
		`,"before":null,"after":null,"before_seq":null,"positions":null,"user_seq":null,"client_msg_id":null`,
	} {
		c, err := frame.Decode([]byte(`{"type":"list_rooms"` + rest + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(&clientv1.Command{Type: clientv1.TypeListRooms}, c); d != "" {
			t.Errorf("%s: %s", rest, d)
		}
	}
}

func TestOfTheSameKeyTwiceTheLastCounts(t *testing.T) {
	c, err := frame.Decode([]byte(`{"type":"ping","type":"create_room","name":"a","name":"b"}`))
	if err != nil || c.Type != clientv1.TypeCreateRoom || *c.Name != "b" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestDeepNestingCostsLittleMemory(t *testing.T) {
	text := []byte(`{"type":"ping","x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		if _, err := frame.Decode(text); err == nil {
			t.Fatal("it was understood")
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 10<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range goldenCommands(f) {
		f.Add([]byte(text))
	}
	for _, text := range []string{"", "{", `{"type":"d\u00e4nce"}`, "\xff", `{"type":"resume","positions":{"a":1}}`, `{"type":"ping","request_id":1}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		given := string(text)
		c, err := frame.Decode(text)
		if string(text) != given {
			t.Fatal("the text was changed")
		}
		if c == nil {
			t.Fatal("there is no command")
		}
		if err == nil {
			return
		}
		if fault.CodeOf(err) != "invalid_message" || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v has the code %s", err, fault.CodeOf(err))
		}
		if s := err.Error(); s == "" || len(s) > 200 || strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
			t.Errorf("%q is not short ASCII", s)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := fmt.Appendf(nil, `{"type":"send_message","request_id":"1","target":{"type":"room","room_id":%q},"content":"good morning"}`, hall)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := frame.Decode(text); err != nil {
			b.Fatal(err)
		}
	}
}
