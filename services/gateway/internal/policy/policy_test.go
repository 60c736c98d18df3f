package policy_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/services/gateway/internal/policy"
)

func TestThePolicyOfPagesAllowsOnlyTheirOwnHost(t *testing.T) {
	h := http.Header{}
	policy.Page(h, "chat.example:8443", true)
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
		"connect-src 'self' wss://chat.example:8443; manifest-src 'self'; worker-src 'self'; base-uri 'none'; " +
		"form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lair dompurify"
	if got := h.Get("Content-Security-Policy"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for name, value := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "",
	} {
		if got := h.Get(name); got != value {
			t.Errorf("%s is %q", name, got)
		}
	}
	if !strings.Contains(h.Get("Permissions-Policy"), "microphone=()") {
		t.Errorf("permissions %q", h.Get("Permissions-Policy"))
	}
}

func TestAHostCannotWriteIntoThePolicy(t *testing.T) {
	for host, want := range map[string]string{
		"lair.example": "connect-src 'self' ws://lair.example wss://lair.example;", "[::1]:8082": "connect-src 'self' ws://[::1]:8082 wss://[::1]:8082;",
		"": "connect-src 'self';", "x; script-src *": "connect-src 'self';", "x,y": "connect-src 'self';", "\u00e4": "connect-src 'self';",
		"*": "connect-src 'self';", "a b": "connect-src 'self';",
	} {
		h := http.Header{}
		policy.Page(h, host, false)
		if got := h.Get("Content-Security-Policy"); !strings.Contains(got, want) || strings.Contains(got, "*") {
			t.Errorf("%q: %s", host, got)
		}
	}
}

func TestAnswersOfTheAPIAreNothingButData(t *testing.T) {
	h := http.Header{}
	policy.API(h)
	for name, value := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
	} {
		if got := h.Get(name); got != value {
			t.Errorf("%s is %q", name, got)
		}
	}
	policy.Encrypted(h, 48*time.Hour)
	if got := h.Get("Strict-Transport-Security"); got != "max-age=172800" {
		t.Error(got)
	}
}
