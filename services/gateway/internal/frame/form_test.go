package frame_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/gobwas/ws"

	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

func TestATCPFrameHasItsLengthInFront(t *testing.T) {
	for _, f := range []frame.Form{frame.TCPPlain, frame.TCPResume} {
		for _, n := range []int{0, 1, 125, 126, 65535, 65536, frame.MaxPayload} {
			text := bytes.Repeat([]byte{'a'}, n)
			got := f.Append(nil, text)
			if len(got) != 4+n || binary.BigEndian.Uint32(got) != uint32(n) || !bytes.Equal(got[4:], text) {
				t.Errorf("%d bytes: %d bytes, % x", n, len(got), got[:4])
			}
		}
	}
}

func TestAWebSocketFrameHasTheShortestHeader(t *testing.T) {
	for _, f := range []frame.Form{frame.WSPlain, frame.WSResume} {
		for n, header := range map[int][]byte{
			0: {0x81, 0}, 1: {0x81, 1}, 125: {0x81, 125},
			126: {0x81, 126, 0, 126}, 65535: {0x81, 126, 0xff, 0xff},
			65536:            {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0},
			frame.MaxPayload: {0x81, 127, 0, 0, 0, 0, 0, 16, 0, 0},
		} {
			text := bytes.Repeat([]byte{'a'}, n)
			got := f.Append(nil, text)
			if !bytes.Equal(got, append(header, text...)) {
				t.Errorf("%d bytes: %d bytes, % x", n, len(got), got[:min(len(got), 10)])
			}
			// Another implementation reads the same.
			h, err := ws.ReadHeader(bytes.NewReader(got))
			if want := (ws.Header{Fin: true, OpCode: ws.OpText, Length: int64(n)}); err != nil || h != want {
				t.Errorf("%d bytes: %+v, %v", n, h, err)
			}
		}
	}
}

func TestAppendKeepsWhatIsThere(t *testing.T) {
	for f := range frame.Forms {
		one, two := f.Append(nil, []byte("one")), f.Append(nil, []byte("two"))
		if got := f.Append(f.Append(nil, []byte("one")), []byte("two")); !bytes.Equal(got, append(one, two...)) {
			t.Errorf("form %d: %q", f, got)
		}
	}
}

func TestAFormThatResumesKeepsItsSocket(t *testing.T) {
	for f, want := range map[frame.Form]frame.Form{
		frame.TCPPlain: frame.TCPResume, frame.TCPResume: frame.TCPResume,
		frame.WSPlain: frame.WSResume, frame.WSResume: frame.WSResume,
	} {
		if got := f.WithResume(); got != want || !got.Resumes() {
			t.Errorf("form %d becomes %d, want %d", f, got, want)
		}
	}
	if frame.TCPPlain.Resumes() || frame.WSPlain.Resumes() {
		t.Error("a plain form resumes")
	}
}

func TestEncodeIsOneFrame(t *testing.T) {
	if got := frame.TCPPlain.Encode(map[string]int{"a": 1}); string(got) != "\x00\x00\x00\x07{\"a\":1}" {
		t.Errorf("%q", got)
	}
	// Whatever a string has in it, the frame is valid JSON in UTF-8.
	if got := frame.WSPlain.Encode("\"\xff\x00"); string(got) != "\x81\x10\"\\\"\\ufffd\\u0000\"" {
		t.Errorf("%q", got)
	}
}

func TestABatchIsEncodedOnlyForThoseWhoWantIt(t *testing.T) {
	var b frame.Batch
	wanted := [frame.Forms]int{frame.TCPPlain: 2, frame.WSResume: 1}
	b.Add("one", true, wanted)
	b.Add("two", false, wanted)
	b.Add("three", true, wanted)
	for f, want := range map[frame.Form]string{
		frame.TCPPlain: "\x00\x00\x00\x05\"one\"\x00\x00\x00\x07\"three\"",
		frame.WSResume: "\x81\x05\"one\"\x81\x05\"two\"\x81\x07\"three\"",
		frame.WSPlain:  "", frame.TCPResume: "",
	} {
		if got := string(b.Bytes(f)); got != want {
			t.Errorf("form %d: %q, want %q", f, got, want)
		}
	}
	if b.Bytes(frame.WSPlain) != nil {
		t.Error("what nobody wants is not nil")
	}
}
