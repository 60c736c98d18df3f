package tcp

import (
	"bytes"
	"testing"

	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// FuzzSealed holds that a frame which was encrypted comes out as it went in, and
// one that was changed on the way, or never was one, not at all.
func FuzzSealed(f *testing.F) {
	f.Add([]byte(`{"type":"ping"}`), []byte("nothing of the kind"), uint(0), byte(1))
	f.Add([]byte{}, []byte{}, uint(12), byte(128))
	f.Add(bytes.Repeat([]byte("x"), 5000), make([]byte, 28), uint(4000), byte(7))
	here, there := pair(f)
	f.Fuzz(func(t *testing.T, text, noise []byte, at uint, change byte) {
		out := seal(here, frame.TCPPlain.Append(nil, text))
		if n := length(out); n != len(out)-prefix {
			t.Fatalf("the length is %d of %d", n, len(out)-prefix)
		}
		payload := out[prefix:]
		got, err := there.Open(bytes.Clone(payload))
		if err != nil || !bytes.Equal(got, text) {
			t.Fatalf("%q became %q, %v", text, got, err)
		}
		spoilt := bytes.Clone(payload)
		spoilt[at%uint(len(spoilt))] ^= change
		if _, err := there.Open(spoilt); (err == nil) != (change == 0) {
			t.Errorf("changed by %d: %v", change, err)
		}
		if _, err := there.Open(bytes.Clone(noise)); err == nil {
			t.Errorf("%q was taken for a frame", noise)
		}
		if _, err := there.Open(payload[:len(payload)-1]); err == nil {
			t.Error("a frame that was cut off was taken")
		}
	})
}
