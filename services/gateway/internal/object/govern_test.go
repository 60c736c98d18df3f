package object_test

import (
	"encoding/json"
	"strings"
	"testing"

	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	roomv1 "github.com/lair-chat/lair/proto/room/v1"
	"github.com/lair-chat/lair/services/gateway/internal/object"
)

func TestStatesOfInvitationsHaveNames(t *testing.T) {
	for s, want := range map[eventv1.InvitationStatus]string{
		0: "pending", 1: "pending", 2: "accepted", 3: "declined", 4: "cancelled", 5: "expired", 99: "pending",
	} {
		if got := object.Invitation(&eventv1.Invitation{Status: s}, "a", "b").Status; got != want {
			t.Errorf("%v is %q, want %q", s, got, want)
		}
	}
}

func TestMutedMemberSaysUntilWhen(t *testing.T) {
	text, err := json.Marshal(object.Member(&roomv1.Member{MutedUntil: noon}, "bob", false))
	if err != nil || !strings.Contains(string(text), `"muted_until":"2026-02-19T12:00:00Z"`) {
		t.Errorf("%s, %v", text, err)
	}
}
