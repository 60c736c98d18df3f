package process

import (
	"path/filepath"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestTheRoomForDataIsToldIfItIsKnown(t *testing.T) {
	if n := testutil.ToFloat64(room{t.TempDir()}); n < 1 {
		t.Errorf("%v bytes are free", n)
	}
	if n := testutil.CollectAndCount(room{filepath.Join(t.TempDir(), "nowhere")}); n != 0 {
		t.Errorf("of a folder that is not there %d values are told", n)
	}
}
