package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/lair-chat/lair/pkg/fault"
)

func TestKindAndCodeSurviveTheWire(t *testing.T) {
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		in := fault.New(kind, "some_code", "kind %d", kind)
		out := fault.FromStatus(fault.ToStatus(fmt.Errorf("with context: %w", in)))
		if out.Kind != kind || out.Code != "some_code" || out.Text != fmt.Sprintf("kind %d", kind) {
			t.Errorf("kind %d came back as %+v", kind, out)
		}
		if kind.HTTPStatus() < 400 {
			t.Errorf("kind %d has HTTP status %d", kind, kind.HTTPStatus())
		}
	}
}

func TestWaitSurvivesTheWire(t *testing.T) {
	in := &fault.Error{Kind: fault.Denied, Code: "some_code", Text: "later", Retry: 90 * time.Second}
	if out := fault.FromStatus(fault.ToStatus(in)); *out != *in {
		t.Errorf("came back as %+v", out)
	}
	if out := fault.FromStatus(fault.ToStatus(errors.New("broken"))); out.Retry != 0 {
		t.Errorf("nobody said when: %v", out.Retry)
	}
}

func TestCauseStaysHere(t *testing.T) {
	cause := errors.New("password=hunter2")
	for _, err := range []error{cause, fault.Wrap(cause, fault.Unavailable, "unavailable", "try again")} {
		st := fault.ToStatus(err)
		if got := st.String(); st.Message() == "" || errors.Is(st.Err(), cause) || strings.Contains(got, "hunter2") {
			t.Errorf("status gives the cause away: %s", got)
		}
		if !errors.Is(fault.Of(err), cause) {
			t.Error("the log lost the cause")
		}
	}
}

func TestForeignStatusKeepsNothingSecret(t *testing.T) {
	e := fault.FromStatus(status.New(codes.Unavailable, "dial tcp 10.0.0.7:9000: refused"))
	if e.Kind != fault.Unavailable || e.Code != "unavailable" || strings.Contains(e.Text, "10.0.0.7") {
		t.Errorf("got %+v", e)
	}
	if e := fault.FromStatus(status.New(codes.DeadlineExceeded, "late")); e.Kind != fault.Unavailable {
		t.Errorf("a deadline is %v", e.Kind)
	}
}
