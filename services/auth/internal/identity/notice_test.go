package identity_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// herald keeps what it announces.
type herald struct {
	said []identity.Notice
	err  error
}

func (h *herald) Announce(_ context.Context, n identity.Notice) error {
	h.said = append(h.said, n)
	return h.err
}

func TestNoticeIsRecordedAndAnnounced(t *testing.T) {
	w := setup(t)
	h := &herald{}
	w.Herald = h
	u, s := w.ann()
	root, rs := w.root()
	say := func(message, severity string) error {
		return w.SendNotice(t.Context(), root.ID, rs.ID, identity.Notice{Message: message, Severity: severity})
	}
	want(t, w.SendNotice(t.Context(), u.ID, s.ID, identity.Notice{Message: "hi", Severity: "info"}), fault.Denied, "permission_denied")
	for message, severity := range map[string]string{
		"": "info", " ": "info", "a\nb": "info", "a\x00": "info", "\xff": "info", "loud": "LOUD", "none": "", strings.Repeat("x", 1025): "info",
	} {
		want(t, say(message, severity), fault.Invalid, "validation_failed")
	}
	if len(h.said) != 0 {
		t.Errorf("announced %v", h.said)
	}
	must(t, say("at noon we move", "warning"))
	h.err = errors.New("no bus")
	want(t, say("to Köln", "info"), fault.Unavailable, "unavailable")
	w.wantActs("admin_created -r", "notice_sent r- 192.0.2.9 warning: at noon we move", "notice_sent r- 192.0.2.9 info: to Köln")
	acts, err := w.Store.Acts(t.Context(), id.UUID{}, 1)
	must(t, err)
	if got := h.said[1]; got.Message != "to Köln" || got.Severity != "info" || got.ID != acts[0].ID {
		t.Errorf("announced %+v", got)
	}
}
