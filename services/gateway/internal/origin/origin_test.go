package origin_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/origin"
)

func TestWhichPagesMay(t *testing.T) {
	some := origin.Allowed{"https://chat.example", "http://localhost:5173/"}
	for _, tt := range []struct {
		allowed origin.Allowed
		from    string
		has     bool
		may     bool
	}{
		{some, "", false, true},
		{some, "https://chat.example", true, true},
		{some, "https://CHAT.example", true, true},
		{some, "http://localhost:5173", true, true},
		{some, "http://chat.example", false, false},
		{some, "https://chat.example.evil", false, false},
		{some, "null", false, false},
		{some, "://", false, false},
		{some, "https://lair.example:8082", false, true},
		{some, "https://lair.example", false, false},
		{nil, "https://chat.example", false, false},
		{nil, "http://lair.example:8082", false, true},
		{origin.Allowed{"*"}, "https://chat.example", true, true},
		{origin.Allowed{"*"}, "null", true, true},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "http://lair.example:8082/ws", http.NoBody)
		r.Header.Set("Origin", tt.from)
		if has, may := tt.allowed.Has(tt.from), tt.allowed.May(r); has != tt.has || may != tt.may {
			t.Errorf("%v, %q: has %v, may %v", tt.allowed, tt.from, has, may)
		}
	}
}

func TestWhatIsAnOrigin(t *testing.T) {
	for s, want := range map[string]bool{
		"*": true, "https://chat.example": true, "http://localhost:5173/": true, "chat.example": false, "": false,
		"https://chat.example/page": false, "ftp://chat.example": false, "https://u@chat.example": false, "https://": false,
	} {
		if got := origin.Valid(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
