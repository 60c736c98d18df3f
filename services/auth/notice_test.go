package auth_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus/bustest"
	"github.com/lair-chat/lair/pkg/bus/membus"
	"github.com/lair-chat/lair/pkg/fault"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/auth"
)

func TestNoticeGoesToTheBus(t *testing.T) {
	b, ear := membus.New(), bustest.NewEar()
	t.Cleanup(b.Subscribe(auth.NoticeTopic, ear))
	w := setupOn(t, b)
	req := &authv1.SendNoticeRequest{Message: "at noon we move", Severity: "warning"}
	_, err := w.SendNotice(w.register("ann"), req)
	want(t, err, fault.Denied, "permission_denied")
	root := w.root()
	_, err = w.SendNotice(root, req)
	must(t, err)
	var n eventv1.Notice
	must(t, proto.Unmarshal([]byte(ear.Next(t)), &n))
	log, err := w.ListAudit(root, &authv1.ListAuditRequest{Limit: 1})
	must(t, err)
	if n.GetMessage() != req.GetMessage() || n.GetSeverity() != "warning" || string(n.GetId()) != string(log.GetActs()[0].GetId()) {
		t.Errorf("got %v", &n)
	}
	_, err = w.as("message").SendNotice(root, req)
	want(t, err, fault.Denied, "permission_denied")
}
