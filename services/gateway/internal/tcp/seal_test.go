package tcp

import (
	"bytes"
	"errors"
	"testing"

	"github.com/lair-chat/lair/pkg/sealed"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// pair returns the ciphers of both ends.
func pair(tb testing.TB) (here, there *sealed.Cipher) {
	tb.Helper()
	a, errA := sealed.NewOffer()
	b, errB := sealed.NewOffer()
	if err := errors.Join(errA, errB); err != nil {
		tb.Fatal(err)
	}
	here, errA = a.Accept(b.Public())
	there, errB = b.Accept(a.Public())
	if err := errors.Join(errA, errB); err != nil {
		tb.Fatal(err)
	}
	return here, there
}

func TestEachFrameOfABatchIsEncryptedByItself(t *testing.T) {
	here, there := pair(t)
	var batch frame.Batch
	wanted := [frame.Forms]int{frame.TCPPlain: 1}
	for _, v := range []any{"one", "", []string{"three"}} {
		batch.Add(v, true, wanted)
	}
	shared := batch.Bytes(frame.TCPPlain)
	before := bytes.Clone(shared)
	out := seal(here, shared)
	if !bytes.Equal(shared, before) {
		t.Error("what others share was changed")
	}
	if len(out) != cap(out) {
		t.Errorf("%d bytes are in a slice of %d", len(out), cap(out))
	}
	for _, want := range []string{`"one"`, `""`, `["three"]`} {
		n := length(out)
		text, err := there.Open(bytes.Clone(out[prefix : prefix+n]))
		if string(text) != want || err != nil {
			t.Errorf("got %q, %v, want %s", text, err, want)
		}
		out = out[prefix+n:]
	}
	if len(out) > 0 {
		t.Errorf("%d bytes are left", len(out))
	}
	if got := seal(here, nil); len(got) > 0 {
		t.Errorf("nothing became %d bytes", len(got))
	}
}

func BenchmarkSeal(b *testing.B) {
	here, _ := pair(b)
	text := frame.TCPPlain.Append(nil, make([]byte, 400))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		seal(here, text)
	}
}
