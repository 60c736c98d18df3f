package frame

import (
	"encoding/json"
	"fmt"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

const room = `{"type":"room","room_id":"33333333-3333-4333-8333-333333333333"}`

// usual are texts that are to be read quickly.
var usual = []string{
	`{"type":"send_message","target":` + room + `,"content":"hi"}`,
	`{"type":"send_message","request_id":"m1","target":` + room + `,"content":"hi","client_msg_id":"c-1"}`,
	` { "content" : "a\nb \u00e9 \"c\" é \ud83d\ude00" , "type" : "send_message" , "target" : { "recipient" : "x" , "type" : "dm" } } ` + "\n",
	`{"type":"send_message","content":"","target":{}}`,
	`{"type":"send_message"}`,
}

// others are not; that is for encoding/json to understand or refuse.
var others = []string{
	"", "{", "null", "[]", `{}`, `{"type":"ping"}`, `{"type":"send_message","content":null}`, `{"type":"send_message","content":7}`,
	`{"type":"send_message","Content":"hi"}`, `{"type":"send_message","content":"a","content":"b"}`,
	`{"type":"send_message","limit":5}`, `{"type":"send_message","target":"x"}`, `{"type":"send_message","target":{"x":"y"}}`,
	`{"type":"send_message","target":{},"target":{}}`, `{"type":"send_message","content":"hi"}x`, `{"type":"send_message",}`,
	`{"type":"send_message","content":"` + "\n" + `"}`, `{"type":"send_message","content":"\x"}`, `{"type":"send_message","content":"\`,
	`{"type":"ping","type":"send_message"}`, `{"type":"send_message" "content":"hi"}`, `{"type":"send_message","type":""}`,
}

func TestUsualSendsAreReadQuickly(t *testing.T) {
	for _, text := range usual {
		c, ok := quick([]byte(text))
		if !ok {
			t.Errorf("%s was not read", text)
			continue
		}
		want := &clientv1.Command{}
		if err := json.Unmarshal([]byte(text), want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
	for _, text := range others {
		if c, ok := quick([]byte(text)); ok {
			t.Errorf("%s was read as %+v", text, c)
		}
	}
}

// Whatever is read quickly is read in the same way by encoding/json.
func FuzzQuick(f *testing.F) {
	for _, text := range append(usual, others...) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !utf8.Valid(text) {
			return
		}
		c, ok := quick(text)
		if !ok {
			return
		}
		want := &clientv1.Command{}
		if err := json.Unmarshal(text, want); err != nil {
			t.Fatalf("%q is not JSON: %v", text, err)
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("%q\n%s", text, diff)
		}
	})
}

func BenchmarkQuick(b *testing.B) {
	text := fmt.Appendf(nil, `{"type":"send_message","request_id":"1","target":%s,"content":"good morning","client_msg_id":"c-1"}`, room)
	b.Run("Quick", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := quick(text); !ok {
				b.Fatal("not read")
			}
		}
	})
	b.Run("JSON", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := json.Unmarshal(text, &clientv1.Command{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
