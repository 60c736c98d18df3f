package id_test

import (
	"encoding/json"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
)

func TestEveryFormIsRead(t *testing.T) {
	const want = "11111111-1111-4111-8111-1111111111ab"
	for _, s := range []string{
		want, "11111111-1111-4111-8111-1111111111AB", "11111111111141118111" + "1111111111ab",
		"{" + want + "}", "urn:uuid:" + want,
	} {
		u, err := id.Parse(s)
		if err != nil || u.String() != want {
			t.Errorf("Parse(%q) = %v, %v", s, u, err)
		}
	}
	for _, s := range []string{"", "general", want + "0", "g1111111-1111-4111-8111-1111111111ab"} {
		if u, err := id.Parse(s); err == nil {
			t.Errorf("Parse(%q) = %v", s, u)
		}
	}
}

func TestNewIsVersion7AndGrows(t *testing.T) {
	last := id.New()
	for range 1000 {
		u := id.New()
		if u[6]>>4 != 7 || u.String() <= last.String() {
			t.Fatalf("%v after %v", u, last)
		}
		last = u
	}
}

func TestDirectIsTheSameFromBothSides(t *testing.T) {
	a, b, c := id.User{UUID: id.New()}, id.User{UUID: id.New()}, id.User{UUID: id.New()}
	if id.Direct(a, b) != id.Direct(b, a) {
		t.Error("the order of the two matters")
	}
	if id.Direct(a, b) == id.Direct(a, c) || id.Direct(a, a) == id.Direct(a, b) {
		t.Error("two pairs share a conversation")
	}
	if v := id.Direct(a, b).UUID[6] >> 4; v != 5 {
		t.Errorf("version %d", v)
	}
}

func TestDirectNeverChanges(t *testing.T) {
	a := id.User{UUID: id.UUID{15: 1}}
	b := id.User{UUID: id.UUID{15: 2}}
	if got := id.Direct(a, b).String(); got != "2a83f342-3063-5118-8dbc-2710a5ee32cc" {
		t.Errorf("got %s", got)
	}
}

func TestTypesMarshalAsText(t *testing.T) {
	type doc struct {
		User id.User `json:"user"`
	}
	in := doc{id.User{UUID: id.New()}}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"user":"`+in.User.String()+`"}` {
		t.Fatalf("%s, %v", text, err)
	}
	var out doc
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Fatalf("%v, %v", out, err)
	}
}

func TestScanReadsWhatValueWrites(t *testing.T) {
	in := id.New()
	raw, _ := in.Value()
	for _, src := range []any{raw, in.String(), []byte(in.String())} {
		var out id.UUID
		if err := out.Scan(src); err != nil || out != in {
			t.Errorf("Scan(%v) = %v, %v", src, out, err)
		}
	}
	var out id.UUID
	if err := out.Scan(42); err == nil {
		t.Error("an integer is an id")
	}
}
