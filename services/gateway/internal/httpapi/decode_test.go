package httpapi

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// FuzzBody holds that whatever a client sends is understood or refused with one
// of the codes of the decoder, in ASCII; and what is understood is text that
// a database can keep.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"target":{"type":"room","room_id":"33333333-3333-4333-8333-333333333333"},"content":"hi","client_msg_id":"c"}`,
		`{"content":"a\u0000b"}`, `{"content":"\\u0000"}`, `{"content":"\ud800"}`, `{"content":1}`, `[[[[`, `{"a":"}]\"["}`,
		"{\"content\":\"\xff\"}", `null`, ``, `{"":{"":[{}]}}`, `"\u0000`, strings.Repeat("[", 40),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var b clientv1.SendBody
		err := parse(text, &b)
		if err == nil {
			for _, s := range []*string{b.Content, b.ClientMsgID} {
				if s != nil && (!utf8.ValidString(*s) || strings.Contains(*s, "\x00")) {
					t.Errorf("%q was let through", *s)
				}
			}
			if !json.Valid(text) {
				t.Error("this is not JSON")
			}
			_, _, _ = target(b.Target)
			return
		}
		message := err.Error()
		if r, ok := errors.AsType[*refusal](err); ok {
			if r.status != 422 || r.code != "validation_failed" {
				t.Errorf("refused with %d %s", r.status, r.code)
			}
		} else if code := fault.CodeOf(err); code != "invalid_json" && code != "validation_failed" {
			t.Errorf("refused with %s", code)
		}
		if ascii(message) != message && len(message) <= 64 {
			t.Errorf("%q is not ASCII", message)
		}
	})
}

// FuzzSurvey holds that a NUL in a decoded string is always seen.
func FuzzSurvey(f *testing.F) {
	f.Add(`{"a":"\u0000"}`)
	f.Add(`["\\u0000","\\\u0000"]`)
	f.Fuzz(func(t *testing.T, text string) {
		var v any
		if json.Unmarshal([]byte(text), &v) != nil {
			return
		}
		depth, nul := survey([]byte(text))
		if hasNUL(v) && !nul {
			t.Error("survey overlooked it")
		}
		if strings.Count(text, "[")+strings.Count(text, "{") < depth {
			t.Errorf("depth %d is more than there are brackets", depth)
		}
	})
}

func hasNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, "\x00")
	case []any:
		return slices.ContainsFunc(v, hasNUL)
	case map[string]any:
		for k, e := range v {
			if strings.Contains(k, "\x00") || hasNUL(e) {
				return true
			}
		}
	}
	return false
}
