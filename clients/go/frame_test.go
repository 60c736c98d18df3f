package lair

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

func TestFramesAreBounded(t *testing.T) {
	largest := bytes.Repeat([]byte("x"), MaxFrame)
	got, err := readFrame(bytes.NewReader(appendFrame(nil, largest)))
	if err != nil || !bytes.Equal(got, largest) {
		t.Errorf("the largest frame: %v", err)
	}
	if _, err := readFrame(bytes.NewReader([]byte{0, 0x10, 0, 1})); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("one byte more: %v", err)
	}
	if _, err := readFrame(bytes.NewReader([]byte{0, 0, 0, 1})); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a frame that ends early: %v", err)
	}
	if _, err := readFrame(bytes.NewReader(nil)); !errors.Is(err, io.EOF) {
		t.Errorf("no frame: %v", err)
	}
}

// What readFrame takes, appendFrame writes.
func FuzzReadFrame(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, '{', '}', 0, 0, 0, 0})
	f.Add([]byte{0, 0x10, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bytes.NewReader(in)
		var out []byte
		for {
			frame, err := readFrame(r)
			if err != nil {
				break
			}
			out = appendFrame(out, frame)
		}
		if !bytes.HasPrefix(in, out) {
			t.Fatalf("read %x of %x", out, in)
		}
		if rest := in[len(out):]; len(rest) >= 4 {
			if n := binary.BigEndian.Uint32(rest); n <= MaxFrame && int(n) <= len(rest)-4 {
				t.Fatalf("left a whole frame: %x", rest)
			}
		}
	})
}

func FuzzDecodeFrame(f *testing.F) {
	f.Add([]byte(`{"type":"message_received","conversation":"00000000-0000-0000-0000-000000000001","seq":1,"message":{"content":"hi"}}`))
	f.Add([]byte(`{"type":"reset","seq":3}`))
	f.Add([]byte(`{"type":"conversation_added","user_seq":1,"first_seq":7,"conversation":"00000000-0000-0000-0000-000000000001"}`))
	f.Add([]byte(`{"type":"error","code":"timeout","message":"?"}`))
	f.Add([]byte(`{"type":"x_response","success":false,"error":null}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		frame, err := decodeFrame(in)
		if err != nil {
			return
		}
		if frame.isResponse() || frame.Type == clientv1.TypeError {
			_ = refused(in)
		}
		e := frame.event()
		if e.Durable() && e.UserSeq <= 0 && (e.Seq <= 0 || e.Conversation.IsZero()) {
			t.Fatalf("durable without a place: %s", in)
		}
		_, _ = e.Decode()
		have := newTracker(Positions{})
		if e.Durable() {
			_, _ = have.accept(e)
			_, _, _ = have.added(e.Conversation, frame.FirstSeq)
		}
		p := Positions{Conversations: map[id.Conversation]int64{}}
		p.took(e)
		if _, err := json.Marshal(p); err != nil {
			t.Fatal(err)
		}
	})
}
